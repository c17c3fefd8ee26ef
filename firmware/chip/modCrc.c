/*
 * The checksums in C: XS takes two thousand instructions for a byte of them, a tenth of all that an ESP8266 does in a
 * wake. What they are, and what the arguments mean, say `crc.ts` and `sensors/crc8.ts`, whose place chip/crc.ts and
 * chip/crc8.ts take; `lin` has them as well, so that what one writes the other reads.
 */
#include <stdint.h>
#include "xsmc.h"

/* The bytes of argument 0, as many as argument 1 says at most; without it, all of them. */
static const uint8_t *bytes_given(xsMachine *the, xsUnsignedValue *count)
{
	void *bytes;
	xsmcGetBufferReadable(xsArg(0), &bytes, count);
	if (xsmcArgc > 1 && xsmcTypeOf(xsArg(1)) != xsUndefinedType) {
		xsUnsignedValue wanted = xsmcToUnsigned(xsArg(1));
		if (wanted < *count) *count = wanted;
	}
	return bytes;
}

static uint32_t remainder_of(const uint8_t *bytes, xsUnsignedValue count, uint32_t crc, uint32_t polynomial)
{
	while (count--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (polynomial & -(crc & 1));
	}
	return crc;
}

void xs_crc32(xsMachine *the)
{
	xsUnsignedValue count;
	uint32_t seed = xsmcArgc > 2 && xsmcTypeOf(xsArg(2)) != xsUndefinedType ? xsmcToUnsigned(xsArg(2)) : 0;
	const uint8_t *bytes = bytes_given(the, &count);
	xsmcSetUnsigned(xsResult, ~remainder_of(bytes, count, ~seed, 0xedb88320));
}

void xs_crc8(xsMachine *the)
{
	xsUnsignedValue count;
	const uint8_t *bytes = bytes_given(the, &count);
	xsmcSetInteger(xsResult, (int)remainder_of(bytes, count, 0, 0x8c));
}
