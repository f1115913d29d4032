"""Forms for accounts and sign-in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User

from accounts.errors import AccountError
from accounts.sign_in.researchers import check_name


class NameField(forms.CharField):
    """The name of a new account, which must be free."""

    def __init__(self) -> None:
        super().__init__(
            label="Name",
            max_length=150,
            help_text="Letters, digits and . _ - + @, without spaces. It cannot be changed later.",
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        )

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        try:
            check_name(name)
        except AccountError as error:
            raise forms.ValidationError(str(error)) from error
        return name


class JoinForm(BaseUserCreationForm):  # type: ignore[type-arg] # only its stubs take one
    """Name and password of a new researcher."""

    username = NameField()
    field_order = ("username", "password1", "password2")


class NewResearcherForm(forms.Form):
    name = NameField()
    is_administrator = forms.BooleanField(
        label="Administrator: sees every study and manages accounts",
        required=False,
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class AddAppForm(CodeForm):
    """The app's first code and the password, so that nobody adds one at an unlocked screen."""

    code = forms.CharField(
        label="The six digits in the app",
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("code", "password")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError("This is not your password.")
        return password
