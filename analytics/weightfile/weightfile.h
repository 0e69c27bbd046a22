// The weights of a whole network as one file (.rsw), as small as their storage says: the frame of proto/packed_frame.h
// around what network/packed writes, layer after layer without a gap.
//
//   RS_ASSIGN(const std::string file, write_weights(network, "lenet5-e1-17"));
//   RS_ASSIGN(const Network same, read_weights(file, skeleton));
//
// The file has the stored bits of the network's layers, a manifest that says how to read them, 48 bytes of header and
// less than a byte of filling.
#pragma once

#include <string>
#include <string_view>

#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape {

// The weights have been read back from the bits and compared when it returns. Fails where a layer's storage cannot hold
// its weights or they do not lie on their grid.
Result<std::string> write_weights(const Network& network, std::string_view model);

// `skeleton` with the file's constants, weight grids and storages in place of its own. Its layers that have constants,
// and the shapes of these, must be the file's; whatever the file holds, no more memory is taken than they need.
Result<Network> read_weights(std::string_view file, const Network& skeleton);

}  // namespace roofscape
