//! Refresh tokens: each good once, with a moment of grace, and a copied one ends the family.

use database::Database;
use domain::environment::Clock;
use identity::{Failure, IssuedTokens, Problem, TokenError};
use testkit::on_both_engines;

use crate::town::{Town, settings};

async fn refreshed(town: &Town, tokens: &IssuedTokens) -> Option<IssuedTokens> {
    match town.identity.refresh_access_token(tokens.refresh.expose()).await {
        Ok(tokens) => Some(tokens),
        Err(Failure::Problem(Problem::TokenInvalid)) => None,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_client_stays_signed_in_by_drawing_one_token_after_the_other() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let mut tokens = town.tokens(&town.karl().await).await;
        let mut seen = vec![tokens.refresh.expose().to_owned()];
        for _ in 0..5 {
            town.clock.pass_seconds(600);
            assert!(matches!(town.bearer(&tokens.jwt).await, Err(TokenError::Expired)));
            tokens = refreshed(&town, &tokens).await.unwrap();
            assert!(town.bearer(&tokens.jwt).await.is_ok());
            assert!(!seen.contains(&tokens.refresh.expose().to_owned()));
            seen.push(tokens.refresh.expose().to_owned());
        }
        let rows = database.rows("SELECT id FROM token_family", vec![]).await.unwrap();
        assert_eq!(rows.len(), 1, "a family is one row, however long it lives");
    })
    .await;
}

#[tokio::test]
async fn the_predecessor_gives_the_same_successor_for_ten_seconds() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let first = town.tokens(&town.karl().await).await;
        let second = refreshed(&town, &first).await.unwrap();
        town.clock.pass_seconds(9);
        let again = refreshed(&town, &first).await.unwrap();
        assert_eq!(again.refresh, second.refresh);
        assert!(refreshed(&town, &second).await.is_some(), "grace has harmed nobody");
        assert!(!town.audited().await.contains(&"tokens.reuse".into()));
    })
    .await;
}

#[tokio::test]
async fn a_token_used_after_the_grace_ends_the_whole_family() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let karl = town.karl().await;
        let (first, other) = (town.tokens(&karl).await, town.tokens(&karl).await);
        let second = refreshed(&town, &first).await.unwrap();
        town.clock.pass_seconds(10);
        assert!(refreshed(&town, &first).await.is_none());
        assert!(refreshed(&town, &second).await.is_none(), "the thief and the owner both sign in again");
        assert!(matches!(town.bearer(&second.jwt).await, Err(TokenError::Invalid)));
        assert_eq!(town.audited().await.iter().filter(|action| *action == "tokens.reuse").count(), 1);
        assert!(refreshed(&town, &other).await.is_some() && town.knows(&karl).await, "nothing else has ended");
    })
    .await;
}

#[tokio::test]
async fn anything_older_than_the_predecessor_ends_the_family_even_within_the_grace() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let first = town.tokens(&town.karl().await).await;
        let second = refreshed(&town, &first).await.unwrap();
        let third = refreshed(&town, &second).await.unwrap();
        assert!(refreshed(&town, &first).await.is_none());
        assert!(refreshed(&town, &third).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn many_refreshes_at_once_move_the_family_on_once() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let there = Town::with(&database, settings(), town.clock.clone());
        let first = town.tokens(&town.karl().await).await;
        let (a, b, c, d) = tokio::join!(
            refreshed(&town, &first),
            refreshed(&there, &first),
            refreshed(&town, &first),
            refreshed(&there, &first)
        );
        let successors: Vec<_> = [a, b, c, d].into_iter().map(|tokens| tokens.unwrap().refresh).collect();
        assert!(successors.iter().all(|refresh| *refresh == successors[0]));
        let row = database.row("SELECT sequence FROM token_family", vec![]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("sequence").unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_family_ends_when_it_is_idle_and_when_it_is_old() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let karl = town.karl().await;
        let day = 24 * 3600;
        let idle = town.tokens(&karl).await;
        let mut busy = town.tokens(&karl).await;
        for _ in 0..8 {
            town.clock.pass_seconds(11 * day);
            busy = refreshed(&town, &busy).await.unwrap();
        }
        assert!(refreshed(&town, &idle).await.is_none(), "unused for 14 days");
        town.clock.pass_seconds(2 * day);
        assert!(refreshed(&town, &busy).await.is_none(), "90 days old");
        assert!(town.identity.tidy(town.clock.now()).await.unwrap() >= 2);
        assert!(database.rows("SELECT id FROM token_family", vec![]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn giving_tokens_back_ends_them_and_strangers_change_nothing() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let tokens = town.tokens(&town.karl().await).await;
        let mut forged = tokens.refresh.expose().to_owned();
        let last = if forged.ends_with('A') { "Q" } else { "A" };
        forged.replace_range(40..41, if &forged[40..41] == "A" { "B" } else { "A" });
        let giant = "A".repeat(100_000);
        for stranger in ["", "x", last, &forged, &giant, "💥"] {
            town.identity.revoke_tokens(stranger).await.unwrap();
            let refused = town.identity.refresh_access_token(stranger).await;
            assert!(matches!(refused, Err(Failure::Problem(Problem::TokenInvalid))), "{stranger:.20}");
        }
        assert!(town.bearer(&tokens.jwt).await.is_ok());
        town.identity.revoke_tokens(tokens.refresh.expose()).await.unwrap();
        assert!(matches!(town.bearer(&tokens.jwt).await, Err(TokenError::Invalid)));
        assert!(refreshed(&town, &tokens).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_nothing_that_draws_a_token() {
    on_both_engines(async |database: Database| {
        let town = Town::settled(&database).await;
        let tokens = town.tokens(&town.karl().await).await;
        // The thief has the whole table, and another installation.
        let mut elsewhere = Town::with(&database, settings(), town.clock.clone());
        elsewhere.identity = crate::town::identity(&database, settings(), &town.clock, [8; 32]);
        assert!(refreshed(&elsewhere, &tokens).await.is_none());
        assert!(refreshed(&town, &tokens).await.is_some());
    })
    .await;
}
