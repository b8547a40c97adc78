"""Who is asking, and how it was proved: passwords, second factors, sessions, keys of programs, limits, the access log.

An account (aggregates/account.py) says who may do what; the secrets that prove an account lie here, in tables that the
application reaches through functions only. The HTTP side is api/auth.py and the routes beside it.
"""
