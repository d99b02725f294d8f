// What a session process may do once it listens to a stranger, and less once it knows who it is.
//
// Each step only ever takes away. Where the kernel lacks a means (Landlock before 5.13), the others still hold; a means
// that exists and fails is an Error, and the session does not begin.
#pragma once

#include <cstdint>

namespace sluis::gate {

/// Before the first byte is read: no new privileges, no core, no child processes, bounded memory and descriptors, and
/// only the system calls that a session needs.
void confineBeforeLogin();

/// After the login: only files under `folder` can be opened any more, and none written beyond `maxFileBytes`.
void confineAfterLogin(int folder, std::uint64_t maxFileBytes);

}  // namespace sluis::gate
