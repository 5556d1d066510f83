//! Revocation that reaches open connections: what somebody was let in on stops standing within one look at the list.

use database::Database;
use domain::permission::{Actor, Role};
use identity::{ChangePassword, ChangeRole, Failure, Footing, Password, Problem, SessionKind};
use testkit::on_both_engines;

use crate::town::{EVAS_PASSWORD, KARL, KARLS_PASSWORD, Town, aegi, settings};

/// A gateway that holds open connections, and looks at the list when told.
async fn looks(gateway: &Town) -> impl Fn(&Footing) -> bool {
    gateway.identity.follow_revocations().await.unwrap();
    |footing: &Footing| gateway.identity.still_stands(footing)
}

#[tokio::test]
async fn whatever_ends_access_reaches_connections_at_every_gateway() {
    on_both_engines(async |database: Database| {
        let here = Town::settled(&database).await;
        let there = Town::with(&database, settings(), here.clock.clone());
        there.identity.follow_revocations().await.unwrap();
        let eva = here.eva().await;
        let karl = here.karl_id().await;
        for round in 0..7 {
            here.clock.pass_seconds(60);
            let (one, other) = (here.karl().await, here.karl().await);
            let tokens = here.tokens(&one).await;
            let bearer = here.identity.authenticate_token(&tokens.jwt).await.unwrap();
            let stands = looks(&there).await;
            assert!(stands(&one.footing) && stands(&other.footing) && stands(&bearer.footing), "{round}");
            let actor = one.account.actor();
            // What is left standing: the first session, the other one, the tokens.
            let left = match round {
                0 => {
                    here.identity.sign_out(one.token.expose()).await.unwrap();
                    [false, true, true]
                }
                1 => {
                    here.identity.revoke_tokens(tokens.refresh.expose()).await.unwrap();
                    [true, true, false]
                }
                2 => {
                    let sessions = here.identity.my_sessions(&actor).await.unwrap();
                    let session = sessions.iter().find(|session| session.is_behind(&other.footing)).unwrap();
                    here.identity.end_session(&actor, session.id).await.unwrap();
                    [true, false, true]
                }
                3 => {
                    here.identity.end_all_sessions(&actor).await.unwrap();
                    [false; 3]
                }
                4 => {
                    let passwords = (Password::new(KARLS_PASSWORD), Password::new(KARLS_PASSWORD));
                    let command = ChangePassword { current: passwords.0, new: passwords.1 };
                    here.identity.change_password(&actor, command).await.unwrap();
                    [false; 3]
                }
                5 => {
                    let command = ChangeRole { account: karl, role: Role::Lead, office: Some(aegi()) };
                    here.identity.change_role(&Actor::System, command).await.unwrap();
                    [false; 3]
                }
                _ => {
                    here.identity.disable_account(&Actor::System, karl).await.unwrap();
                    [false; 3]
                }
            };
            let here_stands = |footing: &Footing| here.identity.still_stands(footing);
            assert_eq!([&one.footing, &other.footing, &bearer.footing].map(here_stands), left, "{round}, at once here");
            let stands = looks(&there).await;
            assert_eq!(
                [&one.footing, &other.footing, &bearer.footing].map(stands),
                left,
                "{round}, after one look there"
            );
        }
        assert!(there.identity.still_stands(&eva.footing), "nobody else is thrown out");
    })
    .await;
}

#[tokio::test]
async fn a_gateway_that_does_not_look_does_not_hear() {
    on_both_engines(async |database: Database| {
        let here = Town::settled(&database).await;
        let there = Town::with(&database, settings(), here.clock.clone());
        there.identity.follow_revocations().await.unwrap();
        let karl = here.karl().await;
        here.identity.sign_out(karl.token.expose()).await.unwrap();
        // The negative control: what the test above sees comes from the list and from nothing else.
        assert!(there.identity.still_stands(&karl.footing));
        assert_eq!(there.identity.follow_revocations().await.unwrap(), 1);
        assert!(!there.identity.still_stands(&karl.footing));
        assert_eq!(there.identity.follow_revocations().await.unwrap(), 0, "and each is new once");
    })
    .await;
}

#[tokio::test]
async fn what_ends_by_itself_stops_standing_by_the_clock() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let karl = town.karl().await;
        let bearer = town.identity.authenticate_token(&town.tokens(&karl).await.jwt).await.unwrap();
        town.clock.pass_seconds(600);
        assert!(!town.identity.still_stands(&bearer.footing) && town.identity.still_stands(&karl.footing));
        town.clock.set(karl.expires_at);
        assert!(!town.identity.still_stands(&karl.footing));
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_and_ends_their_own_sessions_and_no_others() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (eva, karl) = (town.eva().await, town.karl().await);
        town.tokens(&karl).await;
        let found = town.identity.my_sessions(&karl.account.actor()).await.unwrap();
        let kinds: Vec<_> = found.iter().map(|session| (session.kind, session.name.as_deref())).collect();
        assert!(
            kinds.contains(&(SessionKind::Browser, None)) && kinds.contains(&(SessionKind::Client, Some("a test")))
        );
        assert_eq!((kinds.len(), found.iter().filter(|session| session.is_behind(&karl.footing)).count()), (2, 1));
        for session in &found {
            let stranger = town.identity.end_session(&eva.account.actor(), session.id).await;
            assert!(matches!(stranger, Err(Failure::Problem(Problem::NotFound))));
        }
        for session in &found {
            town.identity.end_session(&karl.account.actor(), session.id).await.unwrap();
        }
        assert!(!town.knows(&karl).await && town.knows(&eva).await);
        assert!(town.identity.my_sessions(&karl.account.actor()).await.unwrap().is_empty());
        let nobody = town.identity.my_sessions(&Actor::Anonymous).await;
        assert!(matches!(nobody, Err(Failure::Problem(Problem::NotSignedIn))));
    })
    .await;
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_that_the_browser_had() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let eva = town.eva().await;
        let proof = identity::Proof::Password { login: KARL.into(), password: Password::new(KARLS_PASSWORD) };
        let karl = town.identity.sign_in_with(&proof, Some(eva.token.expose())).await.unwrap();
        assert!(town.knows(&karl).await && !town.knows(&eva).await);
        let wrong = identity::Proof::Password { login: KARL.into(), password: Password::new(EVAS_PASSWORD) };
        assert!(town.identity.sign_in_with(&wrong, Some(karl.token.expose())).await.is_err());
        assert!(town.knows(&karl).await, "a wrong password ends nothing");
    })
    .await;
}

#[tokio::test]
async fn another_role_is_given_by_operators_within_bounds() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let (eva, karl) = (town.eva().await.account, town.karl().await.account);
        let change = async |actor: &Actor, account, role, office| {
            town.identity.change_role(actor, ChangeRole { account, role, office }).await
        };
        for role in [Role::Citizen, Role::Clerk, Role::Lead, Role::Device] {
            let refused = change(&crate::town::somebody(role), karl.id, Role::Operator, None).await;
            assert!(matches!(refused, Err(Failure::Forbidden(_))), "{role:?}");
        }
        let boss = change(&Actor::System, karl.id, Role::Operator, None).await.unwrap();
        assert_eq!((boss.role, boss.office.clone()), (Role::Operator, None));
        let own = change(&boss.actor(), boss.id, Role::Clerk, Some(aegi())).await;
        assert!(matches!(own, Err(Failure::Problem(Problem::OwnAccount))));
        let staff = change(&boss.actor(), eva.id, Role::Clerk, Some(aegi())).await;
        assert!(matches!(staff, Err(Failure::Problem(Problem::RoleFixed))));
        let homeless = change(&Actor::System, boss.id, Role::Clerk, None).await;
        assert!(matches!(homeless, Err(Failure::Problem(Problem::Account(_)))));
    })
    .await;
}
