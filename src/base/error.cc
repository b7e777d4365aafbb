#include "base/error.h"

#include <cstring>

namespace gh {

std::string errno_text(int error_number) {
  char buffer[128];
  return strerror_r(error_number, buffer, sizeof buffer);  // the GNU form returns the text
}

}  // namespace gh
