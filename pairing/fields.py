"""Model fields for personal data: sealed text, and the keyed hash beside it that finds and compares it.

    id_number = SealedField(label="person.id_number", blank=True)
    identity_hmac = BlindIndex(source="id_number", normal=first_eighteen)

`row.id_number` is a `Sealed`; `row.id_number.open()` is the text. Plain text is assigned as usual and sealed
when the row is saved; assigning the text it already holds keeps the ciphertext: history sees no change. The
model needs a `public_id` that is known before INSERT. With `save(update_fields=…)` name the index too.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from pairing.crypto import Unreadable, blind, seal, unseal

if TYPE_CHECKING:
    _SealedText = models.TextField["str | Sealed", "Sealed"]
    _Hash = models.CharField[str | None, str | None]
else:
    _SealedText, _Hash = models.TextField, models.CharField

DOTS = "••••"


class Sealed:
    """An immutable sealed text, false when empty. It shows its value only to `open()`."""

    __slots__ = ("_plain", "label", "public_id", "token")

    def __init__(
        self,
        token: str = "",
        *,
        label: str = "",
        public_id: UUID | str | None = None,
        plain: str | None = None,
    ) -> None:
        self.token, self.label, self.public_id, self._plain = token, label, public_id, plain

    def open(self, public_id: UUID | str | None = None) -> str:
        """The text. Raises Unreadable when it was damaged or moved. After `values()` pass the public_id."""
        if self._plain is not None:
            return self._plain
        if not self.token:
            return ""
        identity = public_id or self.public_id
        if identity is None:
            raise Unreadable("This value came without its row: pass the row's public_id.")
        return unseal(self.token, label=self.label, public_id=identity)

    @property
    def unsaved(self) -> str | None:
        """The text that was assigned in this process and not yet read back; None for a stored value."""
        return self._plain

    def __bool__(self) -> bool:
        return bool(self.token or self._plain)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sealed):
            return NotImplemented
        return (self.token, self._plain, self.label) == (other.token, other._plain, other.label)

    def __hash__(self) -> int:
        return hash((self.token, self._plain, self.label))

    def __str__(self) -> str:
        return DOTS if self else ""

    def __repr__(self) -> str:
        return f"<sealed {self.label}>"

    def __copy__(self) -> "Sealed":
        return self

    def __deepcopy__(self, memo: object) -> "Sealed":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("Sealed values are not pickled into caches, sessions or queues.")


class SealedAttribute(DeferredAttribute):
    """Turns what is assigned into a Sealed, and keeps the ciphertext when the text stays the same."""

    field: "SealedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if value.public_id is None and value.token:
            value = instance.__dict__[self.field.attname] = Sealed(
                value.token, label=self.field.label, public_id=instance.public_id
            )
        return value

    def __set__(self, instance: Any, value: str | Sealed | None) -> None:
        name = self.field.attname
        if isinstance(value, Sealed):
            instance.__dict__[name] = value
            return
        text = value or ""
        before = instance.__dict__.get(name)
        if isinstance(before, Sealed) and before.token and text:
            try:
                if before.open(instance.public_id) == text:
                    return
            except Unreadable:
                pass  # a damaged value is replaced
        instance.__dict__[name] = Sealed(label=self.field.label, plain=text)


class SealedField(_SealedText):
    """Text that lies encrypted. `label` binds it to this field for ever, through renames and history copies.

    Blank is stored as the empty string (nothing to hide). It takes no part in ModelForms: what a page shows
    or accepts of it is written by hand.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        self.label = label
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "label": self.label}

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Sealed:
        return Sealed(value or "", label=self.label)

    def pre_save(self, model_instance: Any, add: bool) -> Sealed:
        value: Sealed = getattr(model_instance, self.attname)
        if value.unsaved and not value.token:
            public_id = model_instance.public_id
            token = seal(value.unsaved, label=self.label, public_id=public_id)
            value = Sealed(token, label=self.label, public_id=public_id, plain=value.unsaved)
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> str | None:
        if isinstance(value, Sealed) and not (value.unsaved and not value.token):
            return value.token or (None if self.null else "")
        if value is None or value == "":
            return value
        if hasattr(value, "resolve_expression"):
            return super().get_prep_value(value)
        raise TypeError(
            f"{self.label} is sealed when its row is saved; plain text cannot be queried or updated."
        )

    def get_lookup(self, lookup_name: str) -> Any:
        """Ciphertext can be compared with ciphertext or blank, and that is all.

        The history triggers ask whether old and new are distinct (df, ndf).
        """
        allowed = {"exact", "in", "isnull", "df", "ndf"}
        return super().get_lookup(lookup_name) if lookup_name in allowed else None

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else super().to_python(value)

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Only the blank rule: what a good value is, is the business of forms and checks."""
        self.validate(value or "", model_instance)
        return value

    def formfield(self, *args: Any, **kwargs: Any) -> None:
        return None

    def value_from_object(self, obj: Any) -> NoReturn:
        raise TypeError(f"{self.label} is sealed: give the form its initial value by hand.")

    def value_to_string(self, obj: Any) -> str:
        return str(getattr(obj, self.attname).token)


class BlindIndex(_Hash):
    """The keyed hash of a sealed field, computed when the row is saved; NULL for blank.

    `normal` folds a text to the form that is compared (upper case, first 18 characters …) and returns None
    for what must not be compared at all; it is a module-level function, because migrations name it.
    """

    def __init__(
        self, *args: Any, source: str, normal: Callable[[str], str | None] | None = None, **kwargs: Any
    ) -> None:
        self.source, self.normal = source, normal
        super().__init__(
            *args, **{"max_length": 64, "null": True, "blank": True, "editable": False, **kwargs}
        )

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source, "normal": self.normal}

    def hash_of(self, text: str) -> str | None:
        """The hash to look up for a plain text, or None for one that is never compared."""
        folded = self.normal(text) if self.normal else text
        source = self.model._meta.get_field(self.source)
        return blind(folded, source.label) if folded else None  # type: ignore[union-attr]

    def pre_save(self, model_instance: Any, add: bool) -> str | None:
        source = model_instance.__dict__.get(self.source)  # absent where it was deferred: nothing changed
        if source is not None and source.unsaved is not None:
            setattr(model_instance, self.attname, self.hash_of(source.unsaved))
        value: str | None = getattr(model_instance, self.attname)
        return value


def blind_of(model: type[models.Model], index: str, text: str) -> str | None:
    """The hash under which `index` (a BlindIndex of the model) finds a plain text; None finds nothing."""
    field = model._meta.get_field(index)
    if not isinstance(field, BlindIndex):
        raise TypeError(f"{index} is no BlindIndex.")
    return field.hash_of(text)


class Periods(models.Field):
    """A set of periods of days (datemultirange), which SQL writes and reads; empty at first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": "{}", **kwargs})

    def db_type(self, connection: Any) -> str:
        return "datemultirange"
