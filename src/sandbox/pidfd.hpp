#pragma once

#include <csignal>

extern "C" {  // which the header lacks in glibc 2.36
#include <sys/pidfd.h>
}
