// Text inside Markdown.
#pragma once

#include <string>
#include <string_view>

namespace roofscape::client {

// A cell of a table: '|' would end it.
std::string markdown_cell(std::string_view text);

}  // namespace roofscape::client
