//! Opening rules of an office: days, hours, desks, quotas and how far ahead they can be booked.

use domain::office::OfficeKind;
use domain::opening::{
    Access, BookingWindow, DeskCount, Fold, HolidayPolicy, Join, OpeningRule, Quota, Tail, VisitChannel, Window,
};

use crate::read::closure::in_order;
use crate::read::office::{TeamOutline, named_team};
use crate::read::recurrence::rule_days;
use reading::{Code, Node, Table, Unique};

pub(super) fn rule(
    table: &Table<'_>,
    kind: Option<OfficeKind>,
    outlines: &[TeamOutline],
    keys: &mut Unique,
) -> Option<OpeningRule> {
    let key = table.required("key", |node| {
        let key = node.key()?;
        keys.note(node, &key);
        Some(key)
    });
    let team = table.required("team", |node| named_team(node, outlines));
    let valid_from = table.optional("valid_from", Node::date);
    let valid_to = table.optional("valid_to", Node::date);
    in_order(table, valid_from, "valid_to", valid_to);
    let days = rule_days(table);
    let windows = table.required("hours", |node| hours_of_rule(node));
    let step_minutes: Option<u16> = table.required("step_minutes", |node| node.integer(1..=240));
    let desks = table.required("desks", |node| desk_counts(node, team.as_ref()?.1));
    let quota = table.optional("quota", quota).unwrap_or_default();
    let access = table
        .optional("access", |node| node.word(&[("appointment", Access::Appointment), ("walk_in", Access::WalkIn)]));
    let access = access.unwrap_or(Access::Appointment);
    let booking = booking_of(table, access);
    let channel = table.optional("channel", |node| channel(node, kind)).unwrap_or(default_channel(kind));
    let variant = table.optional("variant", Node::key);
    let holidays = table.optional("holidays", holiday_policy).unwrap_or(HolidayPolicy::Closed);
    let tail = table.optional("tail", tail).unwrap_or(Tail::Drop);
    let join = table
        .optional("join", |node| node.word(&[("separate", Join::Separate), ("joined", Join::Joined)]))
        .unwrap_or(Join::Separate);
    let fold =
        table.optional("fold", |node| node.word(&[("first_pass", Fold::FirstPass), ("both_passes", Fold::BothPasses)]));

    if let (Some(windows), Some(step)) = (&windows, step_minutes) {
        step_fits(table, windows, step, tail);
    }
    if let Some(desks) = &desks {
        quota_fits(table, quota, desks);
    }
    Some(OpeningRule {
        key: key?,
        team: team?.0,
        valid_from,
        valid_to,
        days: days?,
        windows: windows?,
        step_minutes: step_minutes?,
        desks: desks?,
        quota,
        booking: booking?,
        access,
        channel,
        variant,
        holidays,
        tail,
        join,
        fold: fold.unwrap_or(Fold::FirstPass),
    })
}

fn hours_of_rule(node: &Node<'_>) -> Option<Vec<Window>> {
    let windows = node.hours();
    if node.elements(48).is_empty() {
        node.refuse(Code::OutOfRange, "at least one pair of hours must stand here");
        return None;
    }
    Some(windows)
}

/// How many desks of which groups: a table from the key of a group to a number.
/// `None` where one of them is wrong, so that no sum is made of a part.
pub(super) fn desk_counts(node: &Node<'_>, team: &TeamOutline) -> Option<Vec<DeskCount>> {
    let entries = node.free_entries(50);
    if entries.is_empty() {
        node.refuse(Code::OutOfRange, "at least one group of desks must stand here");
    }
    let wanted = entries.len();
    let mut counts = Vec::new();
    for (name, entry) in entries {
        let Some(group) = team.groups.iter().find(|group| group.key.as_str() == name) else {
            let near = reading::suggestion(name, team.groups.iter().map(|group| group.key.as_str()));
            entry.refuse(Code::UnknownReference, format!("the team has no group of desks of this name{near}"));
            continue;
        };
        let Some(count) = entry.integer(0..=500) else { continue };
        if count > group.desks {
            entry.refuse(Code::Contradiction, format!("the group has {} desks only", group.desks));
        }
        counts.push(DeskCount { group: group.key.clone(), count });
    }
    (counts.len() == wanted && wanted > 0).then_some(counts)
}

fn quota(node: &Node<'_>) -> Option<Quota> {
    node.table(|table| {
        let internal = table.optional("internal", |node| node.integer(0..=500));
        let urgent = table.optional("urgent", |node| node.integer(0..=500));
        let walk_in = table.optional("walk_in", |node| node.integer(0..=500));
        let release_minutes = table.optional("release_minutes", |node| node.integer(0..=527_040));
        Some(Quota {
            internal: internal.unwrap_or(0),
            urgent: urgent.unwrap_or(0),
            walk_in: walk_in.unwrap_or(0),
            release_minutes: release_minutes.unwrap_or(0),
        })
    })
}

fn booking_of(table: &Table<'_>, access: Access) -> Option<BookingWindow> {
    let read = |node: &Node<'_>| {
        node.table(|table| {
            let days_ahead = table.required("days_ahead", |node| node.integer(0..=400));
            let lead_minutes = table.required("lead_minutes", |node| node.integer(0..=527_040));
            Some(BookingWindow { days_ahead: days_ahead?, lead_minutes: lead_minutes? })
        })
    };
    match access {
        Access::Appointment => table.required("booking", read),
        // Nobody books a walk-in rule, so it need not say how far ahead.
        Access::WalkIn => {
            Some(table.optional("booking", read).unwrap_or(BookingWindow { days_ahead: 0, lead_minutes: 0 }))
        }
    }
}

fn default_channel(kind: Option<OfficeKind>) -> VisitChannel {
    match kind {
        Some(OfficeKind::Mobile) => VisitChannel::Mobile,
        Some(OfficeKind::Virtual) => VisitChannel::Video,
        Some(OfficeKind::Fixed) | None => VisitChannel::Counter,
    }
}

fn channel(node: &Node<'_>, kind: Option<OfficeKind>) -> Option<VisitChannel> {
    let channel = node.word(&[
        ("counter", VisitChannel::Counter),
        ("video", VisitChannel::Video),
        ("mobile", VisitChannel::Mobile),
    ])?;
    let fits = match kind {
        Some(OfficeKind::Fixed) => channel != VisitChannel::Mobile,
        Some(OfficeKind::Mobile) => channel == VisitChannel::Mobile,
        Some(OfficeKind::Virtual) => channel == VisitChannel::Video,
        None => true,
    };
    if !fits {
        node.refuse(Code::Contradiction, "an office of this kind does not work on this channel (fixed: counter or video, mobile: mobile, virtual: video)");
    }
    Some(channel)
}

fn holiday_policy(node: &Node<'_>) -> Option<HolidayPolicy> {
    if node.is_text() {
        return node.word(&[("closed", HolidayPolicy::Closed), ("open", HolidayPolicy::Open)]);
    }
    let windows = node.table(|table| table.required("reduced", |node| Some(node.hours())))?;
    Some(HolidayPolicy::Reduced { windows })
}

fn tail(node: &Node<'_>) -> Option<Tail> {
    if node.is_text() {
        return node.word(&[("drop", Tail::Drop)]);
    }
    let max_overrun_minutes = node.table(|table| table.required("allow_minutes", |node| node.integer(1..=240)))?;
    Some(Tail::Allow { max_overrun_minutes })
}

fn step_fits(table: &Table<'_>, windows: &[Window], step: u16, tail: Tail) {
    let overrun = match tail {
        Tail::Drop => 0,
        Tail::Allow { max_overrun_minutes } => max_overrun_minutes,
    };
    let too_short = |window: &&Window| window.to.0 - window.from.0 + overrun < step;
    if windows.iter().any(|window| too_short(&window)) {
        table.refuse_at(
            "step_minutes",
            Code::Contradiction,
            format!("a step of {step} minutes does not fit into the shortest of the hours"),
        );
    }
}

fn quota_fits(table: &Table<'_>, quota: Quota, desks: &[DeskCount]) {
    let kept = u32::from(quota.internal) + u32::from(quota.urgent) + u32::from(quota.walk_in);
    let all: u32 = desks.iter().map(|desk| u32::from(desk.count)).sum();
    if kept > all {
        table.refuse_at(
            "quota",
            Code::Contradiction,
            format!("{kept} desks are kept back, but the rule has {all} desks only"),
        );
    }
}
