"""A receiver of webhooks that verifies with the reference library: `receiver.py PORT SECRET`. One line for each call."""

import http.server
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            message = Webhook(sys.argv[2]).verify(body, headers)
        except WebhookVerificationError as error:
            message = {"refused": str(error)}
        print(json.dumps({"id": headers["webhook-id"], "message": message}), flush=True)
        self.send_response(401 if "refused" in message else 204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
print("ready", flush=True)
server.serve_forever()
