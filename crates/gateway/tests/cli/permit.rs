//! Checking permits without network and database.

use applications::{PermitToken, Stamp};
use domain::identifier::PermitId;
use identity::CityStamp;
use uuid::Uuid;

use crate::installation::Installation;

/// A stamp of the test's own.
#[derive(Debug)]
struct OwnStamp(CityStamp);

impl Stamp for OwnStamp {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message)
    }

    fn public_key(&self) -> [u8; 32] {
        self.0.public_key()
    }
}

/// A permit for the test's own stamp.
fn token(stamp: &OwnStamp) -> String {
    let day = |text: &str| text.parse().expect("a day");
    let permit = PermitToken {
        id: PermitId(Uuid::from_u128(7)),
        holder: "H-AB 123".to_owned(),
        zone: "N3".to_owned(),
        valid_from: day("2026-12-01"),
        valid_until: day("2027-11-30"),
    };
    permit.signed(stamp).expect("a token")
}

#[test]
fn a_warden_is_told_valid_expired_or_forged_and_scripts_can_tell() {
    let installation = Installation::new();
    installation.run(&["city", "load", crate::installation::demo_city().to_str().expect("text")]).success();
    let register = installation.run(&["permit", "register"]).success();
    std::fs::write(installation.path("register.json"), &register).expect("written");
    // The installation drew its own root secret: a permit of another city is forged here.
    let foreign = token(&OwnStamp(CityStamp::from_master(&[9; 32])));
    let check =
        |token: &str, day: &str| installation.run(&["permit", "check", "--keys", "register.json", "--on", day, token]);
    assert!(check(&foreign, "2026-12-01").failure(3).contains("forged"));
    assert!(check("SP1.", "2026-12-01").failure(3).contains("forged"));

    // Its key among those of the file makes it genuine.
    let own = OwnStamp(CityStamp::from_master(&[9; 32]));
    let mut file: serde_json::Value = serde_json::from_str(&register).expect("JSON");
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, own.public_key());
    file["keys"].as_array_mut().expect("a list").push(encoded.into());
    std::fs::write(installation.path("register.json"), file.to_string()).expect("written");
    assert!(check(&foreign, "2026-12-01").success().contains("valid: H-AB 123, zone N3, 2026-12-01 to 2027-11-30"));
    assert!(check(&foreign, "2027-12-01").failure(3).contains("expired: H-AB 123"));
    assert!(check(&foreign, "2026-11-30").failure(3).contains("not valid yet"));

    // A register that was changed on its way is refused as a whole.
    file["revoked"].as_array_mut().expect("a list").push(Uuid::from_u128(7).to_string().into());
    std::fs::write(installation.path("register.json"), file.to_string()).expect("written");
    assert!(check(&foreign, "2026-12-01").failure(2).contains("signature"));
    assert!(installation.run(&["permit", "check", "--keys", "nowhere", "x"]).failure(2).contains("nowhere"));
}
