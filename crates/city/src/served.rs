//! Who can serve what: services that could be booked and nobody is there to serve them.

use std::collections::BTreeSet;

use domain::catalogue::{Service, Standing};
use domain::city::City;
use domain::identifier::Key;
use domain::law::Way;
use domain::office::Office;
use domain::opening::VisitChannel;

use crate::problem::Notice;

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
            let Some(channel) = channel_of(offer.way) else { continue };
            if !city.offices.values().any(|office| serves(office, service, channel)) {
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

fn channel_of(way: Way) -> Option<VisitChannel> {
    match way {
        Way::Counter => Some(VisitChannel::Counter),
        Way::Video => Some(VisitChannel::Video),
        Way::Mobile => Some(VisitChannel::Mobile),
        Way::Online | Way::Phone | Way::Post | Way::Courier | Way::Locker | Way::Kiosk => None,
    }
}

fn serves(office: &Office, service: &Service, channel: VisitChannel) -> bool {
    if office.excluded_services.contains(&service.key) {
        return false;
    }
    office.rules.iter().filter(|rule| rule.channel == channel).any(|rule| {
        let open = rule.desks.iter().filter(|desk| desk.count > 0);
        open.filter_map(|desk| office.team(&rule.team)?.groups.iter().find(|group| group.key == desk.group))
            .any(|group| group.serves(service.skills.iter(), service.equipment.iter()))
    })
}
