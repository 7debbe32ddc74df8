# Two images of one Debian: "network" (exporter, shaping agent) and "tracker" (the tracker, and what prepares the stack).
# docker-compose.yml says which part a container runs. The base is taken by its name so that a build brings Debian's mended
# packages; an office with a mirror, or one that pins it, names its own: LEBARPITA_BASE=registry/python@sha256:...
ARG BASE=docker.io/library/python:3.11-slim-bookworm

# Our own wheel, made once for both images: the express lane's C file is compiled here, so that no image carries a compiler.
FROM ${BASE} AS wheel
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
WORKDIR /build
COPY requirements-network.lock ./
RUN python3 -m venv /build/tools && /build/tools/bin/pip install --no-cache-dir --require-hashes -r requirements-network.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY runtime runtime
COPY inventory inventory
COPY exporter exporter
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
RUN tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /build/wheels .

# What the build needs and no part imports is taken out again: pip, hatchling, the tests of other projects, and the names
# that a debugger would want of compiled code. Libraries beside a package (*.libs) were moved by their makers' tools, and a
# second tool breaks them: NumPy's would no longer load.
FROM wheel AS network-files
RUN python3 -m venv --without-pip /opt/lebarpita \
 && tools/bin/pip --python /opt/lebarpita install --no-cache-dir --no-compile --require-hashes -r requirements-network.lock \
 && tools/bin/pip --python /opt/lebarpita install --no-cache-dir --no-compile --no-deps /build/wheels/*.whl \
 && tools/bin/pip --python /opt/lebarpita uninstall --quiet --yes hatchling editables trove-classifiers pip \
 && find /opt/lebarpita -type d -name tests -path '*/site-packages/*' -prune -exec rm -rf {} + \
 && find /opt/lebarpita -type f -name '*.so*' -not -path '*.libs/*' -exec strip --strip-unneeded {} +
# Compiled once, but only what a part imports: a container's files cannot be written, so each start would compile all anew.
RUN for part in exporter shaping; do /opt/lebarpita/bin/lebarpita-$part --help >/dev/null; done

FROM wheel AS tracker-files
COPY requirements-tracker.lock ./
RUN python3 -m venv --without-pip /opt/lebarpita \
 && tools/bin/pip --python /opt/lebarpita install --no-cache-dir --no-compile --require-hashes -r requirements-tracker.lock \
 && tools/bin/pip --python /opt/lebarpita install --no-cache-dir --no-compile --no-deps /build/wheels/*.whl \
 && tools/bin/pip --python /opt/lebarpita uninstall --quiet --yes hatchling editables trove-classifiers pip \
 && find /opt/lebarpita -type d -name tests -path '*/site-packages/*' -prune -exec rm -rf {} + \
 && find /opt/lebarpita -type f -name '*.so*' -not -path '*.libs/*' -exec strip --strip-unneeded {} +
RUN /opt/lebarpita/bin/lebarpita-tracker --help >/dev/null \
 && /opt/lebarpita/bin/python -m alert_rules --help >/dev/null && /opt/lebarpita/bin/lebarpita-inventory --help >/dev/null

# The user has the same number in both, so that one volume has one owner (deploy/prepare).
FROM ${BASE} AS part
RUN useradd --system --uid 9800 --no-create-home --home-dir /var/lib/lebarpita lebarpita
ENV PATH=/opt/lebarpita/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp

FROM part AS network
# iproute2 and nftables are what the shaper and its operator look at the kernel with.
RUN apt-get update \
 && apt-get install -y --no-install-recommends iproute2 nftables \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt
COPY --from=network-files /opt/lebarpita /opt/lebarpita
USER lebarpita

FROM part AS tracker
COPY --from=tracker-files /opt/lebarpita /opt/lebarpita
COPY --chmod=0755 deploy/prepare /opt/lebarpita/prepare
USER lebarpita
