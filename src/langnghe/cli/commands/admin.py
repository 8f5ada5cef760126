"""`langnghe admin`: what a new city needs before anybody can sign in."""

from __future__ import annotations

import argparse
import sys

help = "begin a city: its first facts, and administrators (their password is made here and shown once)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Two things, in this order; each may be done again."""
    steps = parser.add_subparsers(title="what to do", dest="step", metavar="STEP", required=True)
    text = "calendar of public holidays, deadline rules, first message texts, city office; what is there stays as it is"
    prepare = steps.add_parser("prepare", help=text, description=text)
    prepare.add_argument(
        "--office", default="Văn phòng Ủy ban nhân dân Thành phố", help="full name of the city office (%(default)s)"
    )
    prepare.add_argument("--short", default="Văn phòng", help="its short name (%(default)s)")
    prepare.add_argument("--code", default="vp-ubnd", help="its code, which never changes (%(default)s)")
    text = "make an account with the role of administrator, or give an existing account that role"
    create = steps.add_parser("create", help=text, description=text)
    create.add_argument("username", help="the name to sign in with")
    create.add_argument("--name", default="", help="the full name; needed for a new account")
    create.add_argument("--email", default="", help="address for messages and single sign-on")
    create.add_argument(
        "--new-password", action="store_true", help="give an existing account a new password (nobody else can sign in)"
    )


def run(args: argparse.Namespace) -> int:
    """Do one step; exit code 1 when it cannot be done."""
    return _prepare(args) if args.step == "prepare" else _create(args)


def _prepare(args: argparse.Namespace) -> int:
    from langnghe.agencies import services
    from langnghe.agencies.models import Agency
    from langnghe.demo.facts import message_texts
    from langnghe.outbox.services import load_templates
    from langnghe.workflow.actor import SYSTEM
    from langnghe.worktime import clock, packaged
    from langnghe.worktime.services import load_calendar, load_rules

    at = clock.now()
    load_calendar(packaged.calendar_data(), at)
    rules = load_rules(packaged.rules_data(), at)
    texts = load_templates(message_texts(), at=at)
    office = Agency.objects.filter(is_city_office=True, valid_to=None).first()
    if office is None:
        values = {
            "code": args.code, "kind": "office", "name": args.office, "short_name": args.short,
            "is_city_office": True, "valid_from": at.date(),
        }  # fmt: skip
        office = services.create_agency(values=values, actor=SYSTEM, at=at)
    print(f"Calendar loaded; {rules} deadline rules and {texts} message texts new; city office: {office.name}.")
    return 0


def _create(args: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from langnghe.agencies import services
    from langnghe.agencies.models import Person
    from langnghe.workflow.actor import SYSTEM
    from langnghe.worktime import clock

    at, password = clock.now(), ""
    person = Person.objects.filter(username=args.username).first()
    if person is None and not args.name:
        print("langnghe admin: a new account needs --name", file=sys.stderr)
        return 1
    try:
        with transaction.atomic():
            if person is None:
                password = services.new_password()
                person = services.create_person(
                    username=args.username, full_name=args.name, email=args.email, password=password,
                    actor=SYSTEM, at=at,
                )  # fmt: skip
            elif args.new_password:
                password = services.new_password()
                services.set_password(person_id=person.pk, password=password, actor=SYSTEM, at=at)
                services.set_active(person_id=person.pk, active=True, actor=SYSTEM, at=at)
            services.grant_role(person_id=person.pk, role="administrator", agency_id=None, actor=SYSTEM, at=at)
    except ValidationError as error:
        print(f"langnghe admin: {'; '.join(error.messages)}", file=sys.stderr)
        return 1
    print(f"{person.username} ({person.full_name}) is an administrator.")
    if password:
        print(f"Password, to be changed at the first sign-in: {password}")
    return 0
