# The image of a release: a binary that was tried on its own system, and nothing that has to be built. The build's context
# is a folder with a binary for each architecture, amd64/elector and arm64/elector.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG TARGETARCH
COPY --chmod=0555 ${TARGETARCH}/elector /elector
# The number is repeated, as Kubernetes checks `runAsNonRoot` by number only.
USER 65532:65532
ENTRYPOINT ["/elector"]
