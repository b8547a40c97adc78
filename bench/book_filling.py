"""A loan book of any size, written by the owner of the tables: rows as a projector would have made them.

A hundred thousand loans of forty thousand customers over three years, in two currencies, one in twenty of those that
are being repaid late. No events stand behind them: what is measured is reading.
"""

from __future__ import annotations

import psycopg

from bench.place import Database
from eventstore import read_models
from projections.customer_file import CustomerFile
from projections.loan_account import LoanAccount
from projections.loan_book import STATES, LoanBook
from projections.product_list import ProductList
from projections.schedule import Schedule

_TABLES = {
    kind.__name__: f"{read_models.SCHEMA}.{kind.table_name()}"
    for kind in (LoanBook, LoanAccount, CustomerFile, ProductList, Schedule)
}

_NAMES = """
    (ARRAY['Awa','Jean','Zoe','Emile','Fatou','Kofi','Lea','Moussa','Ines','Paul','Aminata','Louis'])[1 + number % 12]
    || ' ' || (ARRAY['Diop','Moreau','Kone','Petit','Traore','Bernard','Ba','Leroy','Mensah','Roux','Sow'])[1 + number / 12 % 11]
    || ' ' || number"""

_FILL = f"""
    INSERT INTO {{ProductList}} SELECT md5('product ' || n)::uuid, 'produit-' || n, 'Produit ' || n, 'Product ' || n,
        CASE n WHEN 3 THEN 'XOF' ELSE 'EUR' END, 900, 100000, 3000000, 6, 60, 'unspecified', '{{{{}}}}', '2020-01-01', NULL, 1
        FROM generate_series(1, 3) AS n;

    INSERT INTO {{CustomerFile}} SELECT md5('customer ' || number)::uuid, 'C-2026-' || lpad(number::text, 6, '0'),
        CASE WHEN number % 5 = 0 THEN 'company' ELSE 'person' END, {_NAMES}, lower({_NAMES}), lower({_NAMES}),
        '8 rue de la République, 69002 Lyon', 'FR', 'fr', date '2023-06-01' + number % 1000, 1
        FROM generate_series(1, {{customers}}) AS number;

    INSERT INTO {{LoanBook}} (loan_id, reference, customer_id, contact_id, product_id, status, stage_sort, principal,
        currency, months, frequency, purpose, rate, law, requested_by, requested_on, approved_on, planned_payout_on, disbursed_on,
        needs_information, consents, drawn, drawdowns, version)
    SELECT md5('loan ' || number)::uuid, 'L-2026-' || lpad(number::text, 6, '0'), customer, customer,
        md5('product ' || product)::uuid, status, array_position(ARRAY{{states}}, status) - 1,
        (10 + number * 7919 % 290) * 10000, CASE product WHEN 3 THEN 'XOF' ELSE 'EUR' END, 24, 'monthly',
        'Un vélo cargo pour les livraisons', 900, 'unspecified', customer, asked, asked + 3, asked + 5,
        CASE WHEN status IN ('disbursed', 'repaid') THEN asked + 10 END, false,
        jsonb_build_array(jsonb_build_object('consent', 'data-processing', 'version', 1, 'language', 'fr', 'sha256',
            repeat('0', 64), 'means', 'online', 'given_on', asked, 'by', customer)), CASE WHEN status IN ('disbursed', 'repaid') THEN (10 + number * 7919 % 290) * 10000 ELSE 0 END,
        '[]', 5
    FROM (SELECT number, md5('customer ' || 1 + number * 7907 % {{customers}})::uuid AS customer, 1 + number % 3 AS product,
            date '2023-06-01' + (number::bigint * 1000 / {{loans}})::int AS asked,
            CASE WHEN number % 100 < 2 THEN 'requested' WHEN number % 100 < 4 THEN 'approved'
                 WHEN number % 100 < 5 THEN 'ready' WHEN number % 100 < 60 THEN 'disbursed'
                 WHEN number % 100 < 89 THEN 'repaid' WHEN number % 100 < 97 THEN 'declined' ELSE 'withdrawn' END AS status
          FROM generate_series(1, {{loans}}) AS number OFFSET 0) AS loan;

    INSERT INTO {{LoanAccount}} (servicing_id, loan_id, customer_id, status, currency, rate, value_date, instalments,
        principal, interest, fees, insurance, interest_due, principal_due, fee_due, insurance_due, interest_paid,
        principal_paid, fee_paid, insurance_paid, penalty_paid, unpaid, advance, next_due_on, repaid_on, version)
    SELECT md5('servicing ' || loan_id)::uuid, loan_id, customer_id,
        CASE status WHEN 'repaid' THEN 'repaid' ELSE 'open' END, currency, 900, disbursed_on, 24, principal, 50000, 0, 0,
        20000, principal / 2, 0, 0, 20000, CASE WHEN late THEN principal / 4 ELSE principal / 2 END, 0, 0, 0,
        CASE WHEN late THEN principal / 4 ELSE 0 END, 0,
        CASE status WHEN 'disbursed' THEN disbursed_on + 400 + principal::int % 30 END, NULL, 9
    FROM (SELECT *, status = 'disbursed' AND hashtext(reference) % 20 = 0 AS late FROM {{LoanBook}}) AS paid_out
    WHERE disbursed_on IS NOT NULL;

    INSERT INTO {{Schedule}} (servicing_id, number, loan_id, customer_id, currency, due_on, interest, principal,
        fee, insurance, amount, interest_paid, principal_paid, fee_paid, insurance_paid, penalty_paid, paid, fell_due)
    SELECT servicing_id, number, loan_id, customer_id, currency, next_due_on + (number - 13) * 30, 2083, principal / 24,
        0, 0, 2083 + principal / 24, CASE WHEN number < 13 THEN 2083 ELSE 0 END,
        CASE WHEN number < unpaid_from THEN principal / 24 ELSE 0 END, 0, 0, 0,
        CASE WHEN number < 13 THEN 2083 ELSE 0 END + CASE WHEN number < unpaid_from THEN principal / 24 ELSE 0 END,
        number < 13
    FROM (SELECT *, CASE WHEN principal_paid < principal_due THEN 7 + hashtext(loan_id::text) % 6 ELSE 13 END AS unpaid_from
          FROM {{LoanAccount}}) AS account, generate_series(1, 24) AS number
    WHERE status = 'open';
"""


def fill(at: Database, loans: int) -> None:
    """So many loans, and two fifths as many customers."""
    states = "[" + ", ".join(f"'{state}'" for state in STATES) + "]"
    statements = _FILL.format(**_TABLES, states=states, loans=loans, customers=loans * 2 // 5)
    with psycopg.connect(at.owner_url) as owner:
        owner.execute("SELECT set_config('quittance.scope', 'all', true)")
        for statement in statements.split(";\n"):
            if statement.strip():
                owner.execute(statement.encode())
    with psycopg.connect(at.admin_url, autocommit=True) as admin:
        for table in _TABLES.values():
            admin.execute(f"VACUUM ANALYZE {table}".encode())
        admin.execute("CHECKPOINT")
