// The rivals of `./scripts/bench models`: LightGBM's C single-row call, and CatBoost's C++ exports.
//
// rivals FOLDER LIBRARY answers each line `RIVAL MODEL` with nanoseconds a row, the median of many slices; `sums MODEL RIVAL`
// with the sum of the scores of all rows.

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

double ApplyCatboostModel100(const std::vector<float>& features);
double ApplyCatboostModel300(const std::vector<float>& features);

namespace {

constexpr int INPUTS = 64, SLICE = 128, SLICES = 64;
constexpr int FLOAT32 = 0, RAW_SCORE = 1;

using Create = int (*)(const char*, int*, void**);
using Init = int (*)(void*, int, int, int, int, int32_t, const char*, void**);
using Predict = int (*)(void*, const void*, int64_t*, double*);

template <typename T>
T symbol(void* library, const char* name) {
    void* found = dlsym(library, name);
    if (found == nullptr) {
        std::fprintf(stderr, "%s\n", dlerror());
        std::exit(1);
    }
    return reinterpret_cast<T>(found);
}

void require(int code, const char* what) {
    if (code != 0) {
        std::fprintf(stderr, "LightGBM could not %s\n", what);
        std::exit(1);
    }
}

double median(const std::vector<std::vector<float>>& rows, const std::function<double(const std::vector<float>&)>& score) {
    std::vector<double> taken;
    size_t at = 0;
    volatile double kept = 0;
    for (int slice = 0; slice < SLICES; ++slice) {
        const auto start = std::chrono::steady_clock::now();
        for (int row = 0; row < SLICE; ++row) {
            kept = score(rows[at]);
            at = (at + 1) % rows.size();
        }
        const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
        taken.push_back(spent.count() / SLICE);
    }
    (void)kept;
    std::nth_element(taken.begin(), taken.begin() + SLICES / 2, taken.end());
    return taken[SLICES / 2];
}

}  // namespace

int main(int, char** arguments) {
    const std::string folder = arguments[1];
    std::ifstream file(folder + "/rows.f32", std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    const float* values = reinterpret_cast<const float*>(bytes.data());
    std::vector<std::vector<float>> rows;
    for (size_t row = 0; row < bytes.size() / sizeof(float) / INPUTS; ++row) {
        rows.emplace_back(values + row * INPUTS, values + (row + 1) * INPUTS);
    }
    void* library = dlopen(arguments[2], RTLD_NOW);
    if (library == nullptr) {
        std::fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    const auto create = symbol<Create>(library, "LGBM_BoosterCreateFromModelfile");
    const auto init = symbol<Init>(library, "LGBM_BoosterPredictForMatSingleRowFastInit");
    const auto predict = symbol<Predict>(library, "LGBM_BoosterPredictForMatSingleRowFast");
    void* fast[2];
    for (int model = 0; model < 2; ++model) {
        const std::string path = folder + (model == 0 ? "/lightgbm-100.txt" : "/lightgbm-300.txt");
        int trees = 0;
        void* booster = nullptr;
        require(create(path.c_str(), &trees, &booster), "read its model");
        require(init(booster, RAW_SCORE, 0, -1, FLOAT32, INPUTS, "num_threads=1", &fast[model]), "prepare its fast call");
    }
    std::string rival, model;
    while (std::cin >> rival >> model) {
        const bool is_sum = rival == "sums";
        if (is_sum) {
            std::cin >> rival;
        }
        void* config = fast[model == "100" ? 0 : 1];
        const auto lightgbm = [&](const std::vector<float>& row) {
            int64_t length = 0;
            double score = 0;
            predict(config, row.data(), &length, &score);
            return score;
        };
        const auto catboost = model == "100" ? ApplyCatboostModel100 : ApplyCatboostModel300;
        const std::function<double(const std::vector<float>&)> score = rival == "lightgbm" ? std::function<double(const std::vector<float>&)>(lightgbm) : catboost;
        double answer = 0;
        if (is_sum) {
            for (const auto& row : rows) answer += score(row);
        } else {
            answer = median(rows, score);
        }
        std::printf("%.3f\n", answer);
        std::fflush(stdout);
    }
}
