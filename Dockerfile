# One image for both databases, SQLite in /data and PostgreSQL. Runs as user 999 on a read-only root file system:
#   docker run --read-only --tmpfs /tmp --volume lotse:/data --publish 8080:8080 --env-file lotse.env lotse
# To change the knowledge in the browser, too: --volume knowledge:/app/knowledge
#
# The base is a tag here; who runs the image pins its digest, and renews it with each security update:
#   docker build --build-arg BASE=python:3.11-slim-bookworm@sha256:... .
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/venv
COPY requirements.lock /tmp/
RUN /opt/venv/bin/pip install --require-hashes --no-deps --only-binary :all: -r /tmp/requirements.lock \
    && /opt/venv/bin/pip uninstall --yes pip setuptools

FROM ${BASE}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    OMP_WAIT_POLICY=passive \
    LOTSE_DATA=/data \
    LOTSE_KNOWLEDGE=/app/knowledge
RUN install --directory --owner=999 --group=999 --mode=0700 /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY bot bot
COPY locales locales
COPY --chown=999:999 knowledge knowledge
# Byte code now: at run time nothing can be written beside the sources.
RUN python -m compileall -q bot
USER 999:999
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Unhealthy is what a restart may mend: no answer, or no database. A broken knowledge file is not among it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "bot.operations.probe"]
CMD ["python", "-m", "bot", "run", "--host", "0.0.0.0"]
