// How often words come, the most frequent first.
#include <algorithm>
#include <iostream>
#include <string>
#include <unordered_map>
#include <vector>

int main() {
  std::ios::sync_with_stdio(false);
  std::unordered_map<std::string, int> counts;
  for (std::string word; std::cin >> word;) counts[word]++;
  std::vector<std::pair<std::string, int>> all(counts.begin(), counts.end());
  std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  for (const auto &[word, count] : all) std::cout << count << ' ' << word << '\n';
}
