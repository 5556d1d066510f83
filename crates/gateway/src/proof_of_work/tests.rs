//! Answers, honest and otherwise, without a database.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::*;

const KEY: [u8; 32] = [3; 32];
const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn challenge(purpose: &str) -> Challenge {
    Challenge::new(&KEY, purpose.to_owned(), 200, NOW.plus_seconds(600), &[9; 32])
}

fn read(answer: &str, purpose: &str) -> Result<Solution, Flaw> {
    Solution::read(answer, &KEY, purpose, NOW)
}

#[test]
fn an_honest_answer_passes_for_its_purpose_and_in_time() {
    let answer = challenge("a").solve();
    let solution = read(&answer, "a").expect("it is solved");
    assert_eq!(solution.expires_at, NOW.plus_seconds(600));
    assert_eq!(read(&answer, "b"), Err(Flaw::ForSomethingElse));
    assert_eq!(Solution::read(&answer, &KEY, "a", NOW.plus_seconds(600)), Err(Flaw::Late));
    assert_eq!(Solution::read(&answer, &[4; 32], "a", NOW), Err(Flaw::Forged));
}

#[test]
fn whoever_changes_a_challenge_or_guesses_is_found_out() {
    let honest = challenge("a");
    let changed = |from: &str, to: &str| {
        let json = String::from_utf8(STANDARD.decode(honest.solve()).expect("Base64")).expect("text");
        let changed = json.replacen(from, to, 1);
        assert_ne!(json, changed, "{from} stands in it");
        read(&STANDARD.encode(changed), "a")
    };
    assert_eq!(changed("\"keyPrefix\":\"0\"", "\"keyPrefix\":\"\""), Err(Flaw::Forged));
    assert_eq!(changed("\"cost\":12", "\"cost\":1"), Err(Flaw::Forged));
    assert_eq!(changed("\"expiresAt\":1000600", "\"expiresAt\":9000600"), Err(Flaw::Forged));
    assert_eq!(changed("\"purpose\":\"a\"", "\"purpose\":\"a\",\"more\":\"a\""), Err(Flaw::Unreadable));
    let wrong = |counter| read(&honest.answered(counter, &"0".repeat(64)), "a");
    assert_eq!(wrong(0), Err(Flaw::Wrong));
    assert_eq!(wrong(u32::MAX), Err(Flaw::Wrong));
    for nonsense in ["", "e30=", "%", "bnVsbA==", &"A".repeat(100_000)] {
        assert_eq!(read(nonsense, "a"), Err(Flaw::Unreadable), "{nonsense:.20}");
    }
}

#[test]
fn the_work_grows_with_what_is_asked_and_with_the_pressure() {
    for asked in [16, 100, 4_000, 50_000, 800_000] {
        let made = Challenge::new(&KEY, String::new(), asked, NOW, &[0; 32]).hashes();
        assert!(made <= u64::from(asked) && made >= u64::from(asked) * 7 / 10, "{asked} became {made}");
    }
    let settings = ProofSettings { demand: Demand::Always, hashes: 50_000, pressure: 100 };
    let at = |pressure| hashes(settings, pressure);
    assert_eq!([at(0), at(99), at(250), at(1_000), at(1_000_000)], [50_000, 50_000, 100_000, 500_000, 800_000]);
}
