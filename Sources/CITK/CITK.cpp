#include "CITK.h"
