# The application; which role a container plays is its command: serve, project, react, relay, clock, entry, mail, migrate.
# The tag names a version; to pin the bytes as well, build with --build-arg BASE=python@sha256:… of the image you trust.
ARG BASE=python:3.11.14-slim-bookworm
FROM ${BASE}

# What WeasyPrint loads. Debian's versions are those of the release: a fixed one would miss its security updates.
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      fontconfig-config libfontconfig1 libglib2.0-0 libharfbuzz-subset0 libharfbuzz0b libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/*

RUN useradd --uid 1000 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin quittance \
 && install --directory --owner=quittance --group=quittance --mode=0700 /state /state/keys /state/mail

WORKDIR /app
COPY requirements.lock manage.py ./
COPY roles/__init__.py roles/bootstrap.py roles/
RUN python -c "from roles import bootstrap; bootstrap.install()"
COPY . .
# The code belongs to root, and the file system is read-only: nothing could be compiled later.
RUN .venv/bin/python -m compileall -q access aggregates api commands demo eventstore projections providers roles runtime workers

USER 1000:1000
ENV QUITTANCE_STATE_DIR=/state QUITTANCE_PROFILE=scale-out XDG_CACHE_HOME=/tmp/cache
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
