# One image for every part of lebarpita; docker-compose.yml says which part a container runs.
# The express lane's C file is compiled here, so that the image itself carries no compiler.
FROM python:3.11-slim-bookworm AS compiler
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
COPY exporter/flows/native /native
RUN python /native/building.py

FROM python:3.11-slim-bookworm

# iproute2 and nftables are what the shaper and its operator look at the kernel with.
RUN apt-get update \
 && apt-get install -y --no-install-recommends iproute2 nftables \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/lebarpita
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY runtime runtime
COPY inventory inventory
COPY exporter exporter
COPY --from=compiler /native/express.so exporter/flows/native/express.so
COPY shaping shaping
COPY request_tracker request_tracker
# request_tracker/runbooks and request_tracker/handbook are links to them.
COPY docs/runbooks docs/runbooks
COPY docs/panduan docs/panduan
COPY docs/how-to docs/how-to
COPY docs/reference docs/reference
COPY docs/why docs/why
COPY docs/pictures docs/pictures
COPY docs/tutorial.md docs/tutorial.md
COPY alert_rules alert_rules
COPY dashboards dashboards
COPY operations operations
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

RUN useradd --system --create-home --home-dir /var/lib/lebarpita lebarpita
USER lebarpita
VOLUME /var/lib/lebarpita
