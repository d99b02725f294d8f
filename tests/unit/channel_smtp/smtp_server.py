"""A real mail server for the channel's tests: STARTTLS and AUTH by aiosmtpd, what it answers chosen by the recipient.

Usage: smtp_server.py FOLDER [--cert FILE --key FILE] [--user NAME --password WORD] [--mechanisms PLAIN,LOGIN] [--size N]
Prints its port, then writes each message taken to FOLDER/<n>.eml and its envelope to FOLDER/<n>.json.
Recipients: refused* 550, later* 451, once* 451 the first time; a sender beginning with bad is refused; a message with
the header X-Test-Data: CODE is answered so after its final dot.
"""
import argparse
import asyncio
import json
import pathlib
import re
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        self.seen = set()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("bad"):
            return "553 5.1.8 sender not allowed"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such user"
        if address.startswith("later") or (address.startswith("once") and address not in self.seen):
            self.seen.add(address)
            return "451 4.2.1 try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        wanted = re.search(rb"^X-Test-Data: (\d{3})", envelope.content, re.M)
        if wanted:
            return wanted.group(1).decode() + " 5.7.1 as asked for"
        self.count += 1
        (self.folder / f"{self.count}.eml").write_bytes(envelope.content)
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "hello": session.host_name,
            "tls": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.authenticated else None,
        }
        (self.folder / f"{self.count}.json").write_text(json.dumps(facts, sort_keys=True))
        return "250 2.0.0 taken"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--mechanisms", default="PLAIN,LOGIN")
    parser.add_argument("--size", type=int, default=1 << 25)
    parser.add_argument("--max-tls", default="1.3")
    args = parser.parse_args()

    context = None
    if args.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if args.max_tls != "1.3":
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2}[args.max_tls]
            context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(args.cert, args.key)

    def authenticator(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and data == LoginPassword(args.user.encode(), args.password.encode())
        return AuthResult(success=good, handled=good, auth_data=data)

    handler = Handler(args.folder)
    excluded = {"PLAIN", "LOGIN"} - set(args.mechanisms.split(","))

    def session():
        return SMTP(
            handler,
            data_size_limit=args.size,
            tls_context=context,
            require_starttls=context is not None,
            auth_required=args.user is not None,
            auth_require_tls=context is not None,
            auth_exclude_mechanism=excluded,
            authenticator=authenticator if args.user else None,
        )

    async def serve():
        server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(serve())


main()
