// SPDX-License-Identifier: BSD-2-Clause
//
// Google Benchmark over the cases (cases.h), which are C.  Its own time is not used: a case's work is timed alone, without
// what empties the caches before it, and divided by how often it was done, so that a benchmark's real_time is that of one;
// cpu_time means nothing.  Debian's build of the library reads no perf counters: counters.h does.
//
//   bench_host [--working-set=KIB] [--benchmark_...]    each case with warm caches, and after touching KIB of memory
//   bench_host --count[=NAME]                           each case (or one) 64 and 128 times, for a tool that counts
//   bench_host --loop=NAME                              one case for a second, for a tool that samples; how often it ran
#include "cases.h"
#include "counters.h"
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr int warm_rounds = 200, cold_rounds = 50;
constexpr std::size_t line_bytes = 64;
bool counting;

// Reads and writes a line after the other, so that what was in the caches is no more, as far as it reaches.
void touch(std::vector<char> &memory)
{
	for (std::size_t i = 0; i < memory.size(); i += line_bytes)
		memory[i]++;
	benchmark::ClobberMemory();
}

void run(benchmark::State &state, const bench_case &one, std::size_t bytes)
{
	std::vector<char> memory(bytes);
	const uint64_t times = bytes ? 1 : one.times;
	double cycles = 0, instructions = 0;

	bench_prepare(&one);
	bench_measured(&one, one.times);
	for (auto _ : state) {
		touch(memory);
		const counters before = counting ? counters_read() : counters{};
		const auto start = std::chrono::steady_clock::now();
		bench_measured(&one, times);
		const auto end = std::chrono::steady_clock::now();
		const counters after = counting ? counters_read() : counters{};
		state.SetIterationTime(std::chrono::duration<double>(end - start).count() / static_cast<double>(times));
		cycles += static_cast<double>(after.cycles - before.cycles);
		instructions += static_cast<double>(after.instructions - before.instructions);
	}
	if (counting) {
		const double all = static_cast<double>(state.iterations()) * static_cast<double>(times);
		state.counters["cycles"] = cycles / all;
		state.counters["instructions"] = instructions / all;
	}
}

void count(const char *name)
{
	for (unsigned i = 0; i < bench_case_count; i++) {
		if (*name && std::strcmp(name, bench_cases[i].name) != 0)
			continue;
		bench_prepare(&bench_cases[i]);
		bench_cases[i].run(1);
		bench_measured(&bench_cases[i], 64);
		bench_measured(&bench_cases[i], 128);
		std::printf("%s\n", bench_cases[i].name);
	}
}

int loop(const char *name)
{
	for (unsigned i = 0; i < bench_case_count; i++) {
		const bench_case &one = bench_cases[i];
		const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
		std::uint64_t times = 0;

		if (std::strcmp(name, one.name) != 0)
			continue;
		for (bench_prepare(&one); std::chrono::steady_clock::now() < end; times += one.times)
			bench_measured(&one, one.times);
		std::printf("%llu\n", static_cast<unsigned long long>(times));
		return 0;
	}
	std::fprintf(stderr, "bench_host: no case is called %s\n", name);
	return 2;
}

void add(const bench_case &one, std::size_t kib)
{
	const std::string name = std::string(one.name) + (kib ? "/set:" + std::to_string(kib) + "KiB" : "");

	benchmark::RegisterBenchmark(name.c_str(), [&one, kib](benchmark::State &state) { run(state, one, kib * 1024); })
		->UseManualTime()->Iterations(kib ? cold_rounds : warm_rounds)->Unit(benchmark::kNanosecond);
}

}  // namespace

int main(int argc, char **argv)
{
	std::size_t kib = 8192;

	if (argc > 1 && std::strncmp(argv[1], "--count", 7) == 0) {
		count(argv[1][7] == '=' ? argv[1] + 8 : "");
		return 0;
	}
	if (argc > 1 && std::strncmp(argv[1], "--loop=", 7) == 0)
		return loop(argv[1] + 7);
	if (argc > 1 && std::strncmp(argv[1], "--working-set=", 14) == 0) {
		kib = std::strtoul(argv[1] + 14, nullptr, 10);
		argv[1] = argv[0];
		argc--, argv++;
	}
	counting = counters_open() != 0;
	for (unsigned i = 0; i < bench_case_count; i++) {
		add(bench_cases[i], 0);
		if (kib)
			add(bench_cases[i], kib);
	}
	benchmark::Initialize(&argc, argv);
	if (benchmark::ReportUnrecognizedArguments(argc, argv))
		return 2;
	return benchmark::RunSpecifiedBenchmarks() ? 0 : 1;
}
