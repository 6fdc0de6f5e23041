# The gates and their tools. `make` lists the targets; only Go is needed, the pinned tools are built into
# .tools/bin when first used.

GOLANGCI_VERSION  = v2.15.0
BENCHSTAT_VERSION = v0.0.0-20260908200009-22c9c6c9d4da

GO       ?= go
TIMEOUT  ?= 9m
FUZZTIME ?= 10s
BENCH    ?= .
COUNT    ?= 10
BASE     ?= HEAD~1
SCENARIO ?= scenarios/partition.toml
BENCH_PACKAGES = ./sim/kernel ./sim/world

# Property tests draw their cases from SEED in the gates, so that one commit has one verdict; plain `go test`
# and `make hunt` draw new ones each time.
SEED     ?= 1
CHECKS   ?= 2000
WORLDS   ?= 100000
STORMS   ?= 1000
PROPERTIES = $$($(GO) list -f '{{$$p := .ImportPath}}{{range .TestImports}}{{if eq . "pgregory.net/rapid"}}{{println $$p}}{{end}}{{end}}{{range .XTestImports}}{{if eq . "pgregory.net/rapid"}}{{println $$p}}{{end}}{{end}}' ./... | grep . | sort -u)

BIN       = $(CURDIR)/.tools/bin
GOLANGCI  = $(BIN)/golangci-lint-$(GOLANGCI_VERSION)
BENCHSTAT = $(BIN)/benchstat-$(BENCHSTAT_VERSION)

.DEFAULT_GOAL = help
.PHONY: help check test tests fmt vet lint tidy modules smoke explored planted hunt storm validate guard speed alarms bench fuzz golden cover

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  variables: TIMEOUT=$(TIMEOUT) FUZZTIME=$(FUZZTIME) BENCH=$(BENCH) COUNT=$(COUNT) BASE=$(BASE) SCENARIO=$(SCENARIO) CHECKS=$(CHECKS) WORLDS=$(WORLDS)"

check: fmt vet lint ## the whole gate: fmt vet lint tidy, tests with invariants, a minute of drawn worlds, smoke, clean modules
	$(GO) run ./cmd/tidy ./...
	@$(MAKE) --no-print-directory tests TAGS=invariants
	@$(MAKE) --no-print-directory explored smoke modules

test: fmt vet tests ## format, vet and every test (tidy runs inside), and the regression suite
	$(GO) run ./cmd/hypersim bench --quick --quiet

# What runs them has run vet before. Less garbage is collected: a tenth less processor time. The regression suite is timed as a user runs it.
vet tests: export GOGC = 400
vet tests: export GOMEMLIMIT = 3GiB

tests:
	@set -eu; rapid=$(PROPERTIES); \
	$(GO) test -vet=off -tags '$(TAGS)' -timeout $(TIMEOUT) $$($(GO) list ./... | grep -vxF "$$rapid"); \
	$(GO) test -vet=off -tags '$(TAGS)' -timeout $(TIMEOUT) $$rapid -rapid.seed=$(SEED)

hunt: ## property tests with CHECKS fresh cases each, elections and replicas in WORLDS; a failure prints what repeats it
	HYPERSIM_ELECTION_WORLDS=$(WORLDS) HYPERSIM_REPLICA_WORLDS=$(WORLDS) $(GO) test -run '^TestManyRandomWorlds$$' -timeout 60m ./core/election ./core/replica
	@set -eu; rapid=$(PROPERTIES); $(GO) test -run 'Test' -timeout 60m $$rapid -rapid.checks=$(CHECKS) -rapid.nofailfile

fmt: ## fail on files that gofmt would change
	@bad=$$(gofmt -l .); if [ -n "$$bad" ]; then echo "gofmt would change:"; echo "$$bad"; exit 1; fi

vet: ## go vet
	$(GO) vet ./...

lint: $(GOLANGCI) ## golangci-lint, pinned: import table and forbidden calls
	$(GOLANGCI) run

tidy: ## our determinism lint (go run ./cmd/tidy -fix ./... wraps float products)
	$(GO) run ./cmd/tidy ./...

modules: ## fail if go.mod or go.sum would change under go mod tidy
	$(GO) mod tidy -diff

# Runs of one seed differ in performance.json alone, which names what the machine, the codec and the trace
# did; digest and tables stay. A traced run has its trace file besides.
smoke: ## the flagship in several processes: one seed one digest, another seed another
	@set -eu; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	$(GO) build -o "$$dir/hypersim" ./cmd/hypersim; \
	run() { name=$$1; shift; echo "smoke: $$name: $$*"; \
	  "$$@" --json >"$$dir/$$name.json" || { status=$$?; cat "$$dir/$$name.json"; echo "smoke: $$name: exit $$status"; exit 1; }; \
	  sed -n 's/.*"digest": *"\{0,1\}\([0-9A-Za-z:]*\).*/\1/p' "$$dir/$$name.json" | head -n 1 >"$$dir/$$name.digest"; \
	  [ -s "$$dir/$$name.digest" ] || { echo "smoke: $$name printed no digest"; exit 1; }; }; \
	hypersim="$$dir/hypersim run $(SCENARIO) --quiet --no-plots"; \
	run one   env GOMAXPROCS=1 $$hypersim --out "$$dir/one"; \
	run two   env GOMAXPROCS=2 $$hypersim --out "$$dir/two"; \
	run trace env GOMAXPROCS=2 $$hypersim --out "$$dir/trace" --trace --set network.codec=wire; \
	run other env GOMAXPROCS=2 $$hypersim --out "$$dir/other" --seed 424242; \
	cd "$$dir"; \
	diff -r -x performance.json one two; \
	cmp one.digest two.digest; cmp one.digest trace.digest; \
	find one -name '*.csv' | while read -r f; do cmp "$$f" "trace/$${f#one/}"; done; \
	if cmp -s one.digest other.digest; then echo "smoke: another seed gave the same digest"; exit 1; fi; \
	echo "smoke: digest $$(cat one.digest) with GOMAXPROCS 1 and 2, codec struct and wire, trace off and on"

validate: ## reproduce the reference figures: table and plots in results/ (QUICK=--quick: two minutes)
	$(GO) run ./cmd/hypersim validate --force $(QUICK)

guard: ## the regression suite against results/baseline (QUICK=--quick: a minute)
	$(GO) run ./cmd/hypersim bench $(QUICK)

# Both programs stay, for what is told slower to be looked at.
speed: ## this tree's speed beside that of the commit BASE, timed in turns on this machine: two minutes
	@set -eu; rm -rf .tools/speed; mkdir -p .tools/speed/base; git archive $(BASE) | tar -xf - -C .tools/speed/base; \
	(cd .tools/speed/base && $(GO) build -buildvcs=false -o ../was ./cmd/hypersim); rm -rf .tools/speed/base; \
	$(GO) build -o .tools/speed/is ./cmd/hypersim; \
	.tools/speed/is bench --quiet --against .tools/speed/was

# It begins anew each time. What breaks is left as a scenario, and the command that shows it again is printed.
explored: ## drawn worlds under all invariants for a minute, from SEED on
	@rm -rf .tools/explored
	$(GO) run ./cmd/hypersim explore --for 1m --seed $(SEED) --out .tools/explored

# It goes on where it was stopped. Every bug has to be found.
planted: ## looks for the planted bugs, and writes the table of docs/planted.md
	$(GO) run ./cmd/planted --table docs/planted.md

elections: ## a thousand elections a row beside the sums of their waits (docs/elections.md): a minute
	$(GO) run ./cmd/hypersim validate --force --only '^election-' --out results/elections

# It goes on where it was stopped; a run takes half a second. Every row of the table but jobs has to say 0.
storm: ## STORMS seeds of faults of all kinds over three datacenters with jobs: none lost, twice or in two ways, nothing left
	$(GO) run ./cmd/hypersim sweep job-storm --seeds 1..$(STORMS) --no-plots --verbose --out results/storm

alarms: ## sweeps compared with themselves and with slower ones: false alarms, and what is found
	$(GO) test -tags validate -run Validate -v -timeout 60m ./cmd/hypersim

# To compare: make bench, cp .tools/bench.txt old.txt, make the change, make bench OLD=old.txt.
bench: $(BENCHSTAT) ## kernel and world benchmarks, COUNT times, through benchstat (OLD=file compares)
	@mkdir -p .tools
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) -timeout 60m $(BENCH_PACKAGES) > .tools/bench.txt \
	  || { cat .tools/bench.txt; exit 1; }
	$(BENCHSTAT) $(OLD) .tools/bench.txt

# One round of minimisation: the time limit of the Go fuzzer does not always end it.
fuzz: ## every fuzz target for FUZZTIME
	@set -eu; list=$$(find . -name '*_test.go' -not -path './.*' -exec grep -Eo '^func Fuzz[A-Za-z0-9_]*' {} +) || true; \
	[ -n "$$list" ] || { echo "fuzz: no targets"; exit 1; }; \
	echo "$$list" | sed 's/:func / /' | while read -r file target; do \
	  echo "fuzz: $$(dirname "$$file") $$target"; \
	  $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "$$(dirname "$$file")"; done

# Packages say themselves that they keep golden files: by an -update flag, or by datadriven's -rewrite.
golden: ## rewrite golden files; then read the diff: a digest that moves is a result
	@set -eu; dirs() { find . -name '*_test.go' -not -path './.*' -exec grep -lE "$$1" {} + | xargs -r -n 1 dirname | sort -u; }; \
	update=$$(dirs 'flag\.Bool\("update"'); rewrite=$$(dirs 'cockroachdb/datadriven"'); \
	[ -n "$$update$$rewrite" ] || { echo "golden: no package keeps golden files"; exit 1; }; \
	[ -z "$$update" ] || $(GO) test -count 1 $$update -args -update; \
	[ -z "$$rewrite" ] || $(GO) test -count 1 $$rewrite -args -rewrite; \
	git status --short -- '*testdata*'

cover: ## statement coverage per package, and the profile in .tools/cover.out
	@mkdir -p .tools
	$(GO) test -timeout $(TIMEOUT) -coverprofile .tools/cover.out ./...
	@$(GO) tool cover -func .tools/cover.out | tail -n 1

# A tool's version is in its file name, so that a new pin is a new file.
$(GOLANGCI):
	GOBIN=$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv $(BIN)/golangci-lint $@

$(BENCHSTAT):
	GOBIN=$(BIN) $(GO) install golang.org/x/perf/cmd/benchstat@$(BENCHSTAT_VERSION)
	@mv $(BIN)/benchstat $@
