# Every check of this repository is a target of its own; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# One build folder for everything that the usual compiler builds. The wasm compiler may be another one.
export CARGO_TARGET_DIR ?= $(CURDIR)/target
export WASM_TARGET_DIR ?= $(CARGO_TARGET_DIR)/wasm
# clippy and rustdoc share nothing with the tests but time: in a folder of their own they need not wait for each other.
export LINT_TARGET_DIR ?= $(CARGO_TARGET_DIR)/lint
# No tool fetches another version of itself.
export GOTOOLCHAIN := local

CORE := trusted-profile-core
CARGO_TEST := cargo test --locked

##@ Use

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: ## Both ways to a token, end to end, on this machine
	@scripts/require.sh rust cc
	@cargo build --locked -p demo
	@cargo run --locked -q -p demo

.PHONY: playground
playground: ## A page that walks both ways to a token and tries every operation, and its simulator, on 127.0.0.1 until Ctrl-C
	@scripts/require.sh rust cc node
	@scripts/playground.sh

.PHONY: test
test: ## Everything that must be green, with the time each check took
	@scripts/run-checks.sh tidy fmt generate-check core-tree deny test-rust test-python test-js test-c test-go -- lint docs book -- wheel js-package wasm-size test-kotlin

.PHONY: binary
binary: ## The command line program as one small file, static where the toolchain can; fails above 8 MB
	@scripts/require.sh rust cc
	@scripts/binary.sh

.PHONY: install-c
install-c: ## The C library below PREFIX (/usr/local): header, shared and static, without transport as well, pkg-config, CMake
	@scripts/require.sh rust cc
	@scripts/install-c.sh

.PHONY: wheel
wheel: ## The Python package: source distribution, and the wheel that is built from it; its tag says with which C library it runs
	@scripts/require.sh rust cc python
	@scripts/wheel.sh

.PHONY: js-package
js-package: ## The npm package: its tarball, what it weighs, and its documentation without a warning
	@scripts/require.sh rust cc node
	@scripts/js-package.sh
	@cd bindings-js && node build/size.mjs && npm run --silent docs

.PHONY: bindings
bindings: ## What Kotlin and Swift call the library by, with the library, in `bindings` of the build folder
	@scripts/require.sh rust cc
	@scripts/bindings.sh --release

##@ The checks of `make test`

.PHONY: tidy
tidy: ## Hygiene: long files, forbidden names, unfinished work, machine paths, white space
	@scripts/tidy.sh

.PHONY: fmt
fmt: ## rustfmt changes nothing
	@scripts/require.sh rust
	@cargo fmt --all --check

.PHONY: generate-check
generate-check: ## Every file of catalog-gen and the header of C are what they write; the manual page has a test of its own
	@scripts/require.sh rust go
	@cargo run --locked -q -p catalog-gen -- --check
	@cargo run --locked -q -p header-gen -- --check

.PHONY: core-tree
core-tree: ## The core depends on the crates in scripts/core-dependencies.txt and on no others
	@scripts/require.sh rust
	@scripts/core-tree.sh

.PHONY: deny
deny: ## Licences, banned crates and registries of all dependencies
	@scripts/require.sh rust
	@scripts/cargo-deny.sh check --hide-inclusion-graph licenses bans sources

.PHONY: test-rust
test-rust: ## Every test: units, documentation, vectors, scenarios, canary, drivers, end to end
	@scripts/require.sh rust cc python node go ip unshare curl jq
	@scripts/test-rust.sh

.PHONY: test-python
test-python: ## The Python package as users install it: types, stubs, every test, on the oldest and the newest CPython
	@scripts/require.sh rust cc python
	@scripts/test-python.sh

.PHONY: test-js
test-js: ## The npm package as users install it: types, every test in Node.js and Chromium, on the oldest and the newest Node.js
	@scripts/require.sh rust cc node python go curl
	@scripts/test-js.sh

.PHONY: test-ffi
test-ffi: ## The bindings by a C interface: all of the parts below
	@scripts/require.sh rust cc python node go java mvn
	@scripts/test-ffi.sh c go kotlin

.PHONY: test-kotlin
test-kotlin: ## The Kotlin package from Kotlin and plain Java: vectors, scenarios, examples; the Swift as far as that goes here
	@scripts/require.sh rust cc python java mvn
	@scripts/test-kotlin.sh

.PHONY: lint
lint: ## clippy, with warnings as errors; the client also without its features
	@scripts/require.sh rust cc
	@CARGO_TARGET_DIR='$(LINT_TARGET_DIR)' cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
	@CARGO_TARGET_DIR='$(LINT_TARGET_DIR)' cargo clippy -p trusted-profile --locked -- -D warnings

.PHONY: docs
docs: ## rustdoc, with warnings as errors
	@scripts/require.sh rust cc
	@CARGO_TARGET_DIR='$(LINT_TARGET_DIR)' RUSTDOCFLAGS='-D warnings' cargo doc --workspace --all-features --no-deps --locked

.PHONY: book
book: ## The book of docs/book, built without a warning; every link of it leads somewhere
	@scripts/require.sh rust cc
	@scripts/book.sh

.PHONY: wasm-size
wasm-size: ## The core compiles for wasm32-unknown-unknown, and stays within its budgets, with and without the catalog
	@scripts/require.sh rust
	@scripts/wasm-size.sh

##@ Parts of `make test-rust`, for a closer look

.PHONY: test-core
test-core: ## The core's own tests
	@$(CARGO_TEST) -p $(CORE) --all-features

.PHONY: vectors
vectors: ## What the machine does, step by step: tests/vectors
	@$(CARGO_TEST) -p vectors -- --show-output

.PHONY: scenarios
scenarios: ## What a program sees: tests/scenarios against the simulator
	@$(CARGO_TEST) -p scenarios -- --show-output

.PHONY: canary
canary: ## The runners notice every expectation that is turned round
	@cargo run --locked -q -p vectors --bin canary -- --all
	@$(CARGO_TEST) -p scenarios --test canary -- --show-output

.PHONY: command
command: ## The command line program, as its users run it
	@scripts/require.sh rust cc curl jq
	@$(CARGO_TEST) -p trusted-profile --features cli --test command --bin trusted-profile -- --show-output

.PHONY: oracle
oracle: ## What IBM's Python clients and pagers send, beside what the catalog builds for the same arguments
	@scripts/require.sh rust python
	@$(CARGO_TEST) -p oracle -- --show-output

.PHONY: drivers
drivers: ## The driver contract: threads, tokio, asyncio, JavaScript and Go, whole and broken
	@scripts/require.sh rust python node go
	@$(CARGO_TEST) -p drivers -- --show-output

.PHONY: faults
faults: ## Every fault, proxy and redirect, with a valid and with an empty cache
	@scripts/require.sh rust cc python
	@$(CARGO_TEST) -p end-to-end --test faults -- --show-output

.PHONY: operations
operations: ## Every operation over a socket to the simulator and back, by the async and the blocking clients
	@scripts/require.sh rust cc
	@$(CARGO_TEST) -p end-to-end --test operations -- --show-output

.PHONY: herd
herd: ## 64 threads and 1000 tasks make one exchange, whoever is cancelled
	@scripts/require.sh rust cc
	@$(CARGO_TEST) -p end-to-end --test herd -- --show-output

.PHONY: secrets
secrets: ## No secret of a run shows up in anything printed, logged or traced
	@scripts/require.sh rust cc
	@$(CARGO_TEST) -p end-to-end --test secrets -- --show-output

.PHONY: verify
verify: ## Tokens that are shown: which are let in, which are kept out, what the keys cost
	@scripts/require.sh rust cc
	@$(CARGO_TEST) -p trusted-profile --all-features --lib verify
	@$(CARGO_TEST) -p end-to-end --test verify -- --show-output

.PHONY: network
network: ## The real addresses without any override, and the first cause of each trouble, in network namespaces
	@scripts/require.sh rust cc ip unshare
	@$(CARGO_TEST) -p end-to-end --test network -- --show-output

.PHONY: python-core-compat
python-core-compat: ## IBM's Python SDK core, unmodified: against the simulator, and with our settings
	@scripts/require.sh rust cc python
	@$(CARGO_TEST) -p end-to-end --test python_core --test configuration -- --show-output

##@ Parts of `make test-ffi`

.PHONY: test-c
test-c: ## The C library: both corpora, border, fork, AddressSanitizer, valgrind, header, symbols, what is installed
	@scripts/require.sh rust cc
	@scripts/test-ffi.sh c

.PHONY: test-go
test-go: ## The Go module: its WebAssembly, every test, without cgo, with it and under the race detector; with IBM's Go core
	@scripts/require.sh rust cc node go
	@scripts/test-go.sh

##@ Beyond `make test`

.PHONY: bench
bench: ## The core; the program from start to first token against curl and jq, and 10,000 starts under faults
	@scripts/require.sh rust cc curl jq
	@cargo bench --locked -p $(CORE) --bench token
	@cargo bench --locked -p $(CORE) --features types-vpc --bench types
	@scripts/binary.sh
	@TRUSTED_PROFILE_BINARY='$(CARGO_TARGET_DIR)/trusted-profile' cargo bench --locked -p end-to-end --bench command

.PHONY: bench-python
bench-python: ## The Python package beside IBM's SDK core, into docs/benchmarks.md; TRUSTED_PROFILE_WHEEL names the wheel
	@scripts/require.sh rust cc python
	@scripts/bench-python.sh --page docs/benchmarks.md --json '$(CARGO_TARGET_DIR)/benchmarks/python.json'

.PHONY: bench-js
bench-js: ## The npm package beside IBM's SDK core, into docs/benchmarks.md; TRUSTED_PROFILE_TARBALL names the package
	@scripts/require.sh rust cc node
	@scripts/bench-js.sh --page docs/benchmarks.md --json '$(CARGO_TARGET_DIR)/benchmarks/js.json'

.PHONY: bench-go
bench-go: ## The Go module beside IBM's SDK core, into docs/benchmarks.md
	@scripts/require.sh go
	@scripts/bench-go.sh --page docs/benchmarks.md --json '$(CARGO_TARGET_DIR)/benchmarks/go.json'

.PHONY: bench-check
bench-check: ## The same runs, which fail where a budget is missed; wants an idle machine
	@scripts/require.sh rust cc python node
	@cargo bench --locked -p $(CORE) --features types-vpc --bench types -- --check
	@scripts/bench-python.sh --check --json '$(CARGO_TARGET_DIR)/benchmarks/python.json'
	@scripts/bench-js.sh --check --json '$(CARGO_TARGET_DIR)/benchmarks/js.json'

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZ_SECONDS (60) each; needs a nightly compiler
	@scripts/require.sh rust nightly python
	@scripts/fuzz.sh

.PHONY: mutants
mutants: ## Which changes of the core's decisions no test notices
	@scripts/require.sh rust cc
	@scripts/mutants.sh

.PHONY: advisories
advisories: ## Known vulnerabilities of the dependencies; needs the advisory database on github.com
	@scripts/require.sh rust git
	@scripts/cargo-deny.sh check --hide-inclusion-graph advisories

.PHONY: wasm-check
wasm-check: ## The core compiles for wasm32-unknown-unknown; wasm-size shows it too, and more slowly
	@scripts/require.sh rust
	@CARGO_TARGET_DIR='$(WASM_TARGET_DIR)' scripts/ensure-wasm-target.sh cargo check --locked -p $(CORE) --target wasm32-unknown-unknown

.PHONY: generate
generate: ## Write the generated files anew
	@scripts/require.sh rust go
	@cargo run --locked -q -p catalog-gen
	@cargo run --locked -q -p header-gen
	@cargo run --locked -q -p simulator --bin documents
	@cargo run --locked -q -p trusted-profile --features cli -- man >docs/trusted-profile.1.new
	@mv docs/trusted-profile.1.new docs/trusted-profile.1

.PHONY: go-wasm
go-wasm: ## The WebAssembly of the Go module, built anew; to be committed with what it was built of
	@scripts/require.sh rust node
	@scripts/go-wasm.sh --write

.PHONY: format
format: ## Let rustfmt write
	@cargo fmt --all

.PHONY: clean
clean: ## Remove the build folder
	@cargo clean
