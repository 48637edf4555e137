# quizapp in a container: SQLite in the volume, or PostgreSQL with QUIZAPP_DATABASE_URL.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
WORKDIR /opt/quizapp
COPY requirements.lock ./
RUN python3 -m venv .venv && \
    .venv/bin/python -m pip install --disable-pip-version-check --quiet --no-cache-dir \
    --require-hashes -r requirements.lock

FROM ${BASE}
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin quizapp
WORKDIR /opt/quizapp
COPY --from=build /opt/quizapp/.venv .venv
COPY migrations migrations
COPY questions questions
COPY quizapp quizapp
RUN .venv/bin/python -m compileall -q quizapp && mkdir instance && chown -R quizapp instance questions
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 QUIZAPP_ACCESS_LOG=stderr
USER 10001
VOLUME /opt/quizapp/instance /opt/quizapp/questions
EXPOSE 8000
# The server answers only to its own names, so the question is asked under the first of them.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD [".venv/bin/python", "-c", \
    "import os, urllib.request as r; host = os.environ.get('QUIZAPP_TRUSTED_HOSTS', '127.0.0.1').split(',')[0]; r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': host}), timeout=4)"]
# Migrates, checks the quizzes, serves.
CMD [".venv/bin/python", "-m", "quizapp", "serve", "--host", "0.0.0.0", "--port", "8000"]
