# The application; which role a container plays is its command: serve, project, react, clock, mail, migrate.
FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libfontconfig1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --create-home quittance
WORKDIR /app
COPY requirements.lock manage.py ./
COPY roles/__init__.py roles/bootstrap.py roles/
RUN python -c "from roles import bootstrap; bootstrap.install()"
COPY . .
RUN mkdir /state && chown quittance /state
USER quittance
ENV QUITTANCE_STATE_DIR=/state QUITTANCE_PROFILE=scale-out
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
