//! Questions that prove who somebody is: passwords, codes, tokens. The right one counts as one's own, a wrong one as
//! somebody else's.

use domain::permission::Role;
use gateway::graphql::{Asker, Relation, Row};
use identity::{IssueAccessTokenError, Password, Proof, SignInError};
use serde_json::{Value, json};
use testkit::password;
use totp_rs::{Builder, Secret};

use crate::ask::Ask;
use crate::town::{Caller, MITTE, Town};

const WRONG: &str = "a long password of nobody at all";

/// An account with a second factor.
pub(super) struct WithFactor {
    pub(super) token: String,
    challenge: String,
    codes: Vec<String>,
}

pub(super) async fn of(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let is_own = relation == Relation::Own;
    let typed = |right: &str| if is_own { right.to_owned() } else { WRONG.to_owned() };
    // Whose secret it is plays no part: somebody's, who is a citizen.
    let citizen = Asker::Account(Role::Citizen);
    let ask = match (row.field, row.way) {
        ("answerSecondFactor", _) => {
            let query =
                "mutation($f: SecondFactorInput!) { answerSecondFactor(secondFactor: $f) { expiresAt problem } }";
            Ask::new(caller, query, second_factor(town, is_own).await)
        }
        ("beginSecondFactor", _) => {
            let query = "mutation($p: String!) { beginSecondFactor(password: $p) { uri problem { code } } }";
            Ask::new(caller, query, json!({ "p": typed(&password(&caller.login)) }))
        }
        ("changePassword", _) => {
            let new = format!("ein ganz neues Wort {}", town.number());
            let query =
                "mutation($i: ChangePasswordInput!) { changePassword(input: $i) { viewer { id } problem { code } } }";
            Ask::new(caller, query, json!({ "i": { "current": typed(&password(&caller.login)), "new": new } }))
        }
        ("confirmSecondFactor", _) => {
            let code = begun(town, caller).await.filter(|_| is_own).unwrap_or_else(|| "000000".to_owned());
            let query = "mutation($c: String!) { confirmSecondFactor(code: $c) { recoveryCodes problem { code } } }";
            Ask::new(caller, query, json!({ "c": code }))
        }
        ("enrolDevice", _) => {
            let code = town.enrolment(MITTE).await;
            let code = if is_own { code } else { "0000-0000".to_owned() };
            let query = "mutation($i: EnrolDeviceInput!) { enrolDevice(input: $i) { token problem { code } } }";
            Ask::new(caller, query, json!({ "i": { "code": code, "idempotencyKey": town.app.key() } }))
        }
        ("issueAccessToken", "access token") => {
            Ask::new(caller, "mutation { issueAccessToken { token problem } }", json!({}))
        }
        ("issueAccessToken", "browser session") => {
            let typed = Password::new(password(&caller.login));
            let signed_in = town.app.application.identity.sign_in(&caller.login, &typed).await.expect("signed in");
            Ask::new(caller, "mutation { issueAccessToken { token problem } }", json!({}))
                .with_cookie(signed_in.token.expose())
        }
        ("issueAccessToken", "credentials") => {
            let login = login(town, is_own).await;
            let query = "mutation($c: CredentialsInput!) { issueAccessToken(credentials: $c) { token problem } }";
            Ask::new(caller, query, json!({ "c": { "login": login, "password": typed(&password(&login)) } }))
        }
        ("issueAccessToken", "second factor") => {
            let query = "mutation($f: SecondFactorInput!) { issueAccessToken(secondFactor: $f) { token problem } }";
            Ask::new(caller, query, second_factor(town, is_own).await)
        }
        ("refreshAccessToken", _) => {
            let query = "mutation($t: String!) { refreshAccessToken(refreshToken: $t) { token problem } }";
            Ask::new(caller, query, json!({ "t": typed(&town.fresh(citizen, MITTE).await.refresh) }))
        }
        ("removeSecondFactor" | "renewRecoveryCodes", _) => {
            let (token, code) = match caller.asker {
                Asker::Visitor | Asker::Account(Role::Device) => (caller.token.clone(), "000000".to_owned()),
                Asker::Account(Role::Citizen | Role::Clerk | Role::Lead | Role::Operator) => {
                    let factor = with_second_factor(town, caller).await;
                    (Some(factor.token), factor.codes[2].clone())
                }
            };
            let shown = if row.field == "removeSecondFactor" { "viewer { id }" } else { "recoveryCodes" };
            let query = format!("mutation($c: String!) {{ {}(code: $c) {{ {shown} problem {{ code }} }} }}", row.field);
            let caller = Caller { token, ..caller.clone() };
            Ask::new(&caller, &query, json!({ "c": if is_own { code } else { "000000".to_owned() } }))
        }
        ("requestPasswordReset", _) => {
            Ask::new(caller, "mutation { requestPasswordReset(login: \"eva@example.org\") { accepted } }", json!({}))
        }
        ("resetPassword", _) => {
            let code = reset_code(town).await;
            let new = format!("ein ganz neues Wort {}", town.number());
            let input = json!({ "code": typed(&code), "newPassword": new, "idempotencyKey": town.app.key() });
            let query = "mutation($i: ResetPasswordInput!) { resetPassword(input: $i) { reset problem { code } } }";
            Ask::new(caller, query, json!({ "i": input }))
        }
        ("revokeTokens", _) => {
            let refresh = town.fresh(citizen, MITTE).await.refresh;
            Ask::new(
                caller,
                "mutation($t: String!) { revokeTokens(refreshToken: $t) { revoked } }",
                json!({ "t": refresh }),
            )
        }
        ("signIn", _) => {
            let login = login(town, is_own).await;
            let query = "mutation($c: CredentialsInput!) { signIn(credentials: $c) { expiresAt problem } }";
            let credentials = json!({ "login": login, "password": typed(&password(&login)) });
            Ask::new(caller, query, json!({ "c": credentials }))
                .beside(json!({ "c": { "login": "nobody@example.org", "password": WRONG } }))
        }
        _ => return None,
    };
    Some(ask)
}

/// The login of somebody whose password is about to be typed. Wrong ones are remembered, so they are tried with a new one.
async fn login(town: &Town, is_right: bool) -> String {
    if is_right {
        return town.stranger.login.clone();
    }
    town.fresh(Asker::Account(Role::Citizen), MITTE).await.login
}

async fn reset_code(town: &Town) -> String {
    let identity = &town.app.application.identity;
    let citizen = town.fresh(Asker::Account(Role::Citizen), MITTE).await;
    identity.request_password_reset(&citizen.login).await.expect("the database answers");
    let code = identity.reset_code(citizen.account().expect("an account")).await.expect("the database answers");
    code.expect("a code").code
}

/// The variables that answer for somebody's second factor.
async fn second_factor(town: &Town, is_right: bool) -> Value {
    let citizen = town.fresh(Asker::Account(Role::Citizen), MITTE).await;
    let factor = with_second_factor(town, &citizen).await;
    let code = if is_right { factor.codes[2].clone() } else { "000000".to_owned() };
    json!({ "f": { "challenge": factor.challenge, "code": code } })
}

/// Draws a second factor for the caller and gives its first code; nothing for whoever has no password.
async fn begun(town: &Town, caller: &Caller) -> Option<String> {
    let typed = Password::new(password(&caller.login));
    let begun = town.app.application.identity.begin_second_factor(&caller.actor, &typed).await.ok()?;
    let secret = Secret::try_from_base32(&begun.secret).expect("base32");
    let generator = Builder::new().with_secret(secret.as_bytes().to_vec()).build().expect("a generator");
    Some(generator.generate(u64::try_from(town.app.now().seconds()).expect("after 1970")).to_string())
}

/// Gives the caller a second factor, and a token and an open challenge with it.
pub(super) async fn with_second_factor(town: &Town, caller: &Caller) -> WithFactor {
    let identity = &town.app.application.identity;
    let code = begun(town, caller).await.expect("a code");
    let (codes, _) = identity.confirm_second_factor(&caller.actor, &code).await.expect("confirmed");
    let codes = codes.expose().to_vec();
    let challenged = async || {
        let proof = Proof::Password { login: caller.login.clone(), password: Password::new(password(&caller.login)) };
        match identity.issue_tokens_for(&proof, "tests").await {
            Err(IssueAccessTokenError::SignIn(SignInError::SecondFactorRequired(challenge))) => {
                challenge.expose().to_owned()
            }
            other => panic!("no challenge: {other:?}"),
        }
    };
    let proof = Proof::SecondFactor { challenge: challenged().await, code: codes[0].clone() };
    let token = identity.issue_tokens_for(&proof, "tests").await.expect("signed in").jwt;
    WithFactor { token, challenge: challenged().await, codes }
}
