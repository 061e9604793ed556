"""What the input of household pages looks like; the checks are the same functions that imports use."""
