/*
 * Which of two firmware images runs, and whether it stays: `extras.ts` calls it by XS FFI (manifest.json, "ffi").
 * An image that was just taken is on trial until it is confirmed; a reset before that, and the bootloader starts the one
 * before it (sdkconfig.defaults, CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE).
 */
#include <stdint.h>

#include "esp_ota_ops.h"

int32_t image_on_trial(void)
{
	esp_ota_img_states_t state;

	return esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK && state == ESP_OTA_IMG_PENDING_VERIFY;
}

void image_confirm(void)
{
	esp_ota_mark_app_valid_cancel_rollback();
}

/* Doesn't return, unless there is no image to go back to. */
void image_give_up(void)
{
	esp_ota_mark_app_invalid_rollback_and_reboot();
}
