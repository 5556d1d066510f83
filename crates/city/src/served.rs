//! Who can serve what: services that could be booked and nobody is there to serve them.

use std::collections::BTreeSet;

use domain::catalogue::Standing;
use domain::city::City;
use domain::identifier::Key;

use reading::Notice;

/// A notice for every bookable way of an offered service for which no office has both a rule and a fitting desk.
pub(crate) fn notices(city: &City) -> Vec<Notice> {
    let skills: BTreeSet<&Key> = groups(city).flat_map(|group| &group.skills).collect();
    let equipment: BTreeSet<&Key> = groups(city).flat_map(|group| &group.equipment).collect();
    let mut notices = Vec::new();
    for service in city.services.values().filter(|service| service.standing == Standing::Offered) {
        let mut notice = |key: &str, message: String| {
            notices.push(Notice { file: format!("services/{}.toml", service.key), key: key.to_owned(), message });
        };
        for (field, wanted, known) in
            [("skills", &service.skills, &skills), ("equipment", &service.equipment, &equipment)]
        {
            for key in wanted.iter().filter(|key| !known.contains(key)) {
                notice(field, format!("no desk of any office has \"{key}\""));
            }
        }
        for (at, offer) in service.ways.iter().enumerate() {
            let Some(channel) = offer.way.channel() else { continue };
            if !city.offices.values().any(|office| office.serves_by(service, channel)) {
                notice(
                    &format!("ways[{at}]"),
                    "no office has an opening rule with fitting desks for this way; nobody can serve it".into(),
                );
            }
        }
    }
    notices
}

fn groups(city: &City) -> impl Iterator<Item = &domain::office::DeskGroup> {
    city.offices.values().flat_map(|office| &office.teams).flat_map(|team| &team.groups)
}
