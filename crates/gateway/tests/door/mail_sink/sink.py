"""A mail server that keeps what it gets: `sink.py PORT DIRECTORY`. The file DIRECTORY/manner says how it behaves: `accept`,
`refuse` whoever is unknown, `drop` the connection after DATA, be `silent` after DATA; `drop 7` from the seventh letter on."""

import asyncio
import pathlib
import sys

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, directory):
        self.directory = directory
        self.count = 0

    def manner(self):
        return (self.directory / "manner").read_text().strip()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.manner() == "refuse" and address.startswith("unknown"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def is_reached(self, first):
        return not first or self.count >= int(first[0])

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        draft = self.directory / f".{self.count:04}"
        draft.write_bytes(envelope.content)
        draft.rename(self.directory / f"{self.count:04}.eml")
        match self.manner().split():
            case ["drop", *first] if self.is_reached(first):
                (self.directory / f"{self.count:04}.dropped").touch()
                server.transport.abort()
                return "250 nobody hears this"
            case ["silent", *first] if self.is_reached(first):
                await asyncio.sleep(3600)
        return "250 taken"


directory = pathlib.Path(sys.argv[2])
controller = Controller(Sink(directory), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
# The test closes our input when it ends, however it ends.
sys.stdin.read()
