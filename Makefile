# The commands of everyday work; `make` alone lists them.
#
#   make demo     build, then compare what ships on synthesised phantoms (DATA=folder for a data set of yours)
#   make test     build everything and run every test
#   make bench    measure Vesalius and its peers in the same run
#   make train-shipped   train the weights that ship from nothing (SHARED=folder with the data sets)
#   make format   bring the sources into the house style
#   make lint     report what is not in the house style
#   make docs     write the API documentation to out/docs
#   make fuzz     feed 100000 damaged files to the weight readers (INPUTS=, SEED=)
#   make clean    delete what was built; keep the libraries that bootstrap fetched

SHELL := /bin/bash
DATA ?=
SHARED ?= ../shared/data
INPUTS ?= 100000
SEED ?= 1

.PHONY: help bootstrap demo test bench train-shipped format lint docs fuzz clean

help:
	@sed -n 's/^#   \(make .*\)/\1/p' Makefile

bootstrap:
	@scripts/bootstrap

demo: bootstrap
	swift build -c release --product vesalius
	swift build -c release --product TorchBridge
	@scripts/demo "$(DATA)"

test: bootstrap
	swift build --build-tests
	swift test --skip-build --disable-xctest

bench: bootstrap
	Benchmarks/run

train-shipped: bootstrap
	swift build -c release --product vesalius
	swift build -c release --product TorchBridge
	scripts/train-shipped "$(SHARED)"

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
