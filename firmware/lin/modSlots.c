/*
 * The stand-in of esp32/modImage.c and of the SDK's `embedded:update`: the slot that doesn't run is written, and made the
 * one that starts. What starts is host.c's to decide, as it is the bootloader's on a chip.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include "slots.h"

extern void chip_restart(void);

static int image = -1;

static int other(const OtaData *data)
{
	return 1 - data->starts;
}

int32_t image_on_trial(void)
{
	OtaData data;
	return slots_read(&data) && data.state[data.starts] == PENDING;
}

static void become(int state)
{
	OtaData data;
	if (!slots_read(&data)) return;
	data.state[data.starts] = state;
	slots_write(&data);
}

void image_confirm(void)
{
	become(VALID);
}

void image_give_up(void)
{
	OtaData data;
	if (!slots_read(&data) || data.state[other(&data)] != VALID) return;
	data.state[data.starts] = INVALID;
	data.starts = other(&data);
	slots_write(&data);
	chip_restart();
}

/* What was there is gone from here on. */
int32_t lin_slot_begin(void)
{
	OtaData data;
	if (!slots_read(&data)) return 0;
	data.state[other(&data)] = UNDEFINED;
	slots_write(&data);
	image = open(slot_file(other(&data)), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return image >= 0;
}

int32_t lin_slot_write(uint8_t *bytes, int32_t count)
{
	return image >= 0 && write(image, bytes, count) == count;
}

/* As esp_ota_end() of ESP-IDF: what is no whole image isn't started. */
static int is_whole(void)
{
	uint8_t head[IMAGE_HEAD];
	uint32_t length;
	struct stat facts;
	if (pread(image, head, sizeof(head), 0) != sizeof(head) || fstat(image, &facts) != 0) return 0;
	memcpy(&length, head + IMAGE_LENGTH_AT, sizeof(length));
	return head[0] == IMAGE_MAGIC && facts.st_size == length;
}

/* 0: that is no image */
int32_t lin_slot_finish(void)
{
	OtaData data;
	if (image < 0 || !is_whole() || !slots_read(&data)) return 0;
	fsync(image);
	data.starts = other(&data);
	data.state[data.starts] = NEW;
	slots_write(&data);
	return 1;
}

void lin_slot_abandon(void)
{
	if (image >= 0) close(image);
	image = -1;
}
