# PySCIM. With DATABASE_URL it uses that database; without, it runs a PostgreSQL of its own on the volume.
#
#   docker build --tag pyscim .
#   docker run --init --stop-timeout 30 --publish 127.0.0.1:8000:8000 --volume pyscim:/data pyscim
#   docker exec CONTAINER pyscim token create --app okta

FROM python:3.11-slim-bookworm AS build

RUN pip install --no-cache-dir --root-user-action=ignore uv==0.13.9

ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1 \
    UV_PROJECT_ENVIRONMENT=/opt/pyscim \
    UV_PYTHON_DOWNLOADS=never

WORKDIR /build

# What PySCIM depends on changes seldom: this step is kept from build to build.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev --extra embedded --no-install-project

COPY README.md LICENSE ./
COPY supabase/migrations supabase/migrations
COPY src src
RUN uv sync --locked --no-dev --extra embedded --no-editable


FROM python:3.11-slim-bookworm

# PostgreSQL looks its own account up by number, so there has to be one; it refuses to be root.
RUN groupadd --gid 10001 pyscim \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin pyscim \
    && install --directory --owner=pyscim --group=pyscim --mode=0700 /data

COPY --from=build /opt/pyscim /opt/pyscim

ENV PATH=/opt/pyscim/bin:$PATH \
    PYSCIM_DATA_DIR=/data/embedded \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

VOLUME /data
WORKDIR /data
USER 10001:10001
EXPOSE 8000

# A first start makes its database, and an upgrade migrates it; only then is it ready.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; server = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('PYSCIM_PORT') or 8000), timeout=4); server.request('GET', '/readyz'); sys.exit(server.getresponse().status != 200)"]

CMD ["pyscim", "run", "prod"]
