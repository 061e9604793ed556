"""What people may change of their own account."""

from django import forms
from django.conf import settings


class LanguageForm(forms.Form):
    """One of the site's languages."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
