# Build arguments, for machines that reach neither Docker Hub nor the default npm registry:
#   docker build --build-arg BUILD_IMAGE=mirror.example/node:22-bookworm-slim \
#                --build-arg RUNTIME_IMAGE=mirror.example/debian:bookworm-slim \
#                --build-arg NPM_REGISTRY=https://registry.example -t shuku-backup .
ARG BUILD_IMAGE=node:22-bookworm-slim
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
ARG NPM_REGISTRY=
ARG DENO_VERSION=2.9.6
ENV DENO_DIR=/deno-dir
# Deno reads the same .npmrc.
RUN if [ -n "$NPM_REGISTRY" ]; then npm config set registry "$NPM_REGISTRY"; fi \
 && npm install --global "deno@${DENO_VERSION}" \
 && deno --version \
 && install -m 755 "$(npm root --global)/deno/deno" /usr/local/bin/deno-binary
WORKDIR /opt/shuku-backup
COPY deno.json deno.lock LICENSE ./
COPY src ./src
RUN deno cache --frozen src/main.ts src/*/worker.ts src/*/*_worker.ts \
 && chmod -R a+rX /deno-dir

FROM ${RUNTIME_IMAGE}
COPY --from=build /usr/local/bin/deno-binary /usr/local/bin/deno
COPY --from=build /deno-dir /deno-dir
COPY --from=build /opt/shuku-backup /opt/shuku-backup
COPY --chmod=755 .docker/shuku-backup /usr/local/bin/shuku-backup

# The library's folders are mounted under /app as the library has them; backups live apart from it. No VOLUME: Docker
# would make nameless ones for what was not mounted, and a lost mount would look like a kept backup.
ENV LIBRARY_ROOT=/app \
    CONFIG_PATH=/app/config/config.yaml \
    BACKUP_PATH=/backups \
    DENO_DIR=/deno-dir \
    DENO_NO_UPDATE_CHECK=1
WORKDIR /app
EXPOSE 8080

# 503 while a restore is being completed counts as unhealthy, and so it should.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["shuku-backup", "health"]

# Any uid works: run as the library's own, with `user:` in the compose file or `--user`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["shuku-backup"]
CMD ["serve"]
