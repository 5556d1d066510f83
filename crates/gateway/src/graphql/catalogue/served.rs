//! Which office can serve which service.

use domain::catalogue::Service;
use domain::office::Office;
use domain::opening::OpeningRule;

/// Whether an office can serve a service at all, by appointment or without: it has an opening rule for one of the
/// service's ways, with desks at work that have the skills and equipment.
pub(crate) fn serves(office: &Office, service: &Service) -> bool {
    let on_a_way =
        |rule: &&OpeningRule| service.ways.iter().any(|offer| scheduling::channel_of(offer.way) == Some(rule.channel));
    !office.excluded_services.contains(&service.key)
        && office.rules.iter().filter(on_a_way).any(|rule| has_desks(office, rule, service))
}

fn has_desks(office: &Office, rule: &OpeningRule, service: &Service) -> bool {
    let Some(team) = office.team(&rule.team) else { return false };
    let at_work = rule.desks.iter().filter(|desks| desks.count > 0);
    at_work
        .filter_map(|desks| team.groups.iter().find(|group| group.key == desks.group))
        .any(|group| group.serves(service.skills.iter(), service.equipment.iter()))
}
