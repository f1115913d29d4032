"""Addresses of accounts, under /console/."""

from django.urls import path

from accounts.views import account, administration, audit_log, second_factor, sign_in

app_name = "accounts"
urlpatterns = [
    path("login/", sign_in.sign_in, name="login"),
    path("login/code/", sign_in.code, name="code"),
    path("logout/", sign_in.sign_out, name="logout"),
    path("password/<str:uidb64>/<str:token>/", account.set_password, name="set_password"),
    path("account/", account.account, name="account"),
    path("account/password/", account.change_password, name="change_password"),
    path("account/sign-out/", account.sign_out_of_all, name="sign_out_of_all"),
    path("account/second-factor/", second_factor.second_factor, name="second_factor"),
    path(
        "account/second-factor/change/",
        second_factor.change_second_factor,
        name="change_second_factor",
    ),
    path("accounts/", administration.accounts, name="accounts"),
    path("accounts/<int:user_id>/", administration.change_account, name="change_account"),
    path("audit/", audit_log.audit_log, name="audit"),
    path("audit/export/", audit_log.export, name="export_audit"),
]
