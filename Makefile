# The commands of everyday work; `make` alone lists them.
#
#   make demo     build, then segment the vessels of a retinal photograph into out/demo (IMAGE=file for another)
#   make test     build everything and run every test
#   make bench    measure Vesalius and its peers in the same run
#   make format   bring the sources into the house style
#   make lint     report what is not in the house style
#   make docs     write the API documentation to out/docs
#   make fuzz     feed 100000 damaged files to the weight readers (INPUTS=, SEED=)
#   make clean    delete what was built; keep the libraries that bootstrap fetched

SHELL := /bin/bash
IMAGE ?=
INPUTS ?= 100000
SEED ?= 1

.PHONY: help bootstrap demo test bench format lint docs fuzz clean

help:
	@sed -n 's/^#   \(make .*\)/\1/p' Makefile

bootstrap:
	@scripts/bootstrap

demo: bootstrap
	swift build -c release
	@scripts/demo "$(IMAGE)"

test: bootstrap
	swift build --build-tests
	swift test --skip-build --disable-xctest

bench: bootstrap
	Benchmarks/run

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks

docs: bootstrap
	scripts/docs

fuzz: bootstrap
	swift run -c release weight-fuzz --inputs $(INPUTS) --seed $(SEED)

clean:
	rm -rf .build out
