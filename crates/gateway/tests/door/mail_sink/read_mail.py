"""Reads letters with Python's own library and the library `icalendar`, and says what stands in them as JSON."""

import email
import email.policy
import json
import sys

import icalendar


def told(path):
    with open(path, "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    assert not mail.defects, mail.defects
    answer = {
        "messageId": mail["Message-ID"],
        "subject": mail["Subject"],
        "to": mail["To"].addresses[0].addr_spec,
        "language": mail["Content-Language"],
        "text": mail.get_body(("plain",)).get_content(),
    }
    for part in mail.iter_attachments():
        if part.get_content_type() == "text/calendar":
            calendar = icalendar.Calendar.from_ical(part.get_content())
            event = calendar.walk("VEVENT")[0]
            assert not calendar.errors and not event.errors, (calendar.errors, event.errors)
            answer["calendar"] = {
                "typeMethod": part.get_param("method"),
                "method": str(calendar["METHOD"]),
                "uid": str(event["UID"]),
                "sequence": int(event["SEQUENCE"]),
                "status": str(event["STATUS"]),
                "start": event.decoded("DTSTART").isoformat(),
                "organizer": str(event["ORGANIZER"]),
                "attendee": str(event["ATTENDEE"]),
                "partstat": event["ATTENDEE"].params["PARTSTAT"],
            }
    return answer


print(json.dumps([told(path) for path in sys.argv[1:]]))
