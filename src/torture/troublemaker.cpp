#include "torture/troublemaker.hpp"

#include "torture/troubles.hpp"

namespace dibs::torture {

std::unique_ptr<troublemaker> make_troublemaker(trouble what, const victims& who) {
    for (const auto kind :
         {trouble_with_workers, trouble_with_redis, trouble_with_postgres, trouble_with_masters})
        if (auto made = kind(what, who)) return made;
    return std::make_unique<at_once>([] {});
}

}  // namespace dibs::torture
