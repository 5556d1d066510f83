//! The sign-in providers written out: as they are in force, and as a part of the reference.

use std::fmt::Write;

use identity::{ClientSecret, ClientSecretUse, EndAtProvider, OpenIdProvider, Purpose};

use crate::configuration::openid::{level_word, secret_variable};

/// One key of a provider's table.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) allowed: &'static str,
    /// Empty: it must be there.
    pub(super) default: &'static str,
    pub(super) meaning: &'static str,
}

const fn field(name: &'static str, allowed: &'static str, default: &'static str, meaning: &'static str) -> Field {
    Field { name, allowed, default, meaning }
}

/// All keys, in the order of the reference.
#[rustfmt::skip]
pub(super) static FIELDS: &[Field] = &[
    field("key", "1 to 64 lower-case letters, digits and single hyphens", "", "The provider's name in addresses: the provider must know `PUBLIC_URL/sign-in/openid/KEY/callback` as redirect address, and `PUBLIC_URL/` as address after signing out."),
    field("name", "a text of at most 60 characters", "", "The provider's name on the button."),
    field("issuer", "an address that begins with https:// and has no query; in development also http:// on this machine", "", "The provider's issuer identifier, exactly as it writes it itself. Everything else is read from its description below this address."),
    field("client_id", "a text of at most 255 bytes", "", "What we are called at the provider."),
    field("client_secret_file", "the path of a file", "none", "A file that holds the secret, for example a systemd credential. Or the environment holds it in `SERVICEPOINT_IDENTITY__OPENID_SECRET_KEY`, with the provider's key in capitals and `_` for `-`."),
    field("client_authentication", "one of \"basic\", \"post\", \"none\"", "`\"basic\"`", "How the secret is sent; `none` is for a client without one, protected by PKCE alone."),
    field("accounts", "one of \"citizens\", \"staff\"", "", "`citizens`: whoever comes for the first time gets an account of a citizen. `staff`: nobody gets one; people find the account that an operator created, by `login_claim`, and keep it. No claim changes a role."),
    field("login_claim", "the name of a claim", "none", "Staff only: the claim of the ID token that holds the login of the account, such as `preferred_username`. `email` counts only when the provider has verified it."),
    field("algorithms", "a list of EdDSA, ES256, ES384, PS256, PS384, PS512, RS256, RS384, RS512", "`[\"EdDSA\", \"ES256\", \"PS256\", \"RS256\"]`", "The algorithms ID tokens may be signed with. `none` and symmetric ones cannot be allowed."),
    field("scopes", "a list of scopes", "`[]`", "What is asked for beside `openid`, such as `profile`."),
    field("trust", "a table from `acr` to one of \"none\", \"low\", \"substantial\", \"high\"", "`{}`", "What each value of `acr` proves. A value that is not named proves nothing. Without the table a session has the level of its account."),
    field("least_trust", "one of \"none\", \"low\", \"substantial\", \"high\"", "`\"none\"`", "The least level that lets anybody in."),
    field("name_claim", "the name of a claim", "none", "The claim of the ID token that a citizen's name is taken from, such as `name`. Unless it is set, no name is taken."),
    field("sign_out", "one of \"here\", \"everywhere\"", "`\"here\"`", "`everywhere` sends the browser to the provider when somebody signs out, so that the session there ends, too."),
];

/// The part of the reference.
pub(super) fn reference() -> String {
    let mut text = String::from(INTRODUCTION);
    for Field { name, allowed, default, meaning } in FIELDS {
        let default = if default.is_empty() { "must be set" } else { default };
        append(
            &mut text,
            format_args!("\n### `{name}`\n\n{meaning}\n\n- Allowed: {allowed}.\n- Default: {default}.\n"),
        );
    }
    text
}

const INTRODUCTION: &str = "
## [[identity.openid]]

Sign-in by OpenID Connect: one such table for each provider, in the order in which they are offered. Only the file can say it,
except for the secret. Providers are asked when somebody signs in, not at the start.

```toml
[[identity.openid]]
key = \"bundid\"
name = \"BundID\"
issuer = \"https://id.stadt.example/realms/buerger\"
client_id = \"termine\"
client_secret_file = \"/run/credentials/servicepoint.service/bundid\"
accounts = \"citizens\"
trust = { \"STORK-QAA-Level-1\" = \"low\", \"STORK-QAA-Level-3\" = \"substantial\", \"STORK-QAA-Level-4\" = \"high\" }
```
";

/// The providers in force, as TOML, without their secrets.
pub(super) fn show(providers: &[OpenIdProvider]) -> String {
    let mut text = String::new();
    for one in providers {
        append(&mut text, format_args!("\n[[identity.openid]]\n"));
        let mut line =
            |name: &str, value: &dyn std::fmt::Debug| append(&mut text, format_args!("{name} = {value:?}\n"));
        line("key", &one.key.as_str());
        line("name", &one.name);
        line("issuer", &one.issuer);
        line("client_id", &one.client_id);
        line("client_authentication", &authentication(&one.secret));
        match &one.purpose {
            Purpose::Citizens => line("accounts", &"citizens"),
            Purpose::Staff { login_claim } => {
                line("accounts", &"staff");
                line("login_claim", login_claim);
            }
        }
        line("algorithms", &one.algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>());
        line("scopes", &one.scopes);
        line("least_trust", &level_word(one.least_trust));
        if let Some(claim) = &one.name_claim {
            line("name_claim", claim);
        }
        let sign_out = if one.end_at_provider == EndAtProvider::Yes { "everywhere" } else { "here" };
        line("sign_out", &sign_out);
        let levels: Vec<String> =
            one.trust.iter().map(|(acr, level)| format!("{acr:?} = {:?}", level_word(*level))).collect();
        append(&mut text, format_args!("trust = {{ {} }}\n", levels.join(", ")));
        if one.secret != ClientSecret::Public {
            let variable = secret_variable(one.key.as_str());
            append(&mut text, format_args!("# the secret is not shown; client_secret_file or {variable} holds it\n"));
        }
    }
    text
}

const fn authentication(secret: &ClientSecret) -> &'static str {
    match secret {
        ClientSecret::Shared { sent: ClientSecretUse::Basic, .. } => "basic",
        ClientSecret::Shared { sent: ClientSecretUse::Post, .. } => "post",
        ClientSecret::Public => "none",
    }
}

fn append(text: &mut String, part: std::fmt::Arguments<'_>) {
    text.write_fmt(part).expect("writing to a string cannot fail");
}
