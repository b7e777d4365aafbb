#include "http/h2_library.h"

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/wiping_memory.h"
#include "http/h2_session.h"

namespace gh::http {
namespace {

H2Session& session_of(void* user) {
  return *static_cast<H2Session*>(user);
}

std::string_view text_of(nghttp2_rcbuf* buffer) {
  const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(buffer);
  return {reinterpret_cast<const char*>(bytes.base), bytes.len};
}

int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
  return session_of(user).on_begin_frame(*head);
}

int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  return session_of(user).on_begin_headers(*frame);
}

int header(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name, nghttp2_rcbuf* value,
           std::uint8_t, void* user) {
  return session_of(user).on_header(*frame, text_of(name), text_of(value));
}

// Without this nghttp2 would drop the field and go on.
int invalid_header(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf*, nghttp2_rcbuf*,
                   std::uint8_t, void* user) {
  return session_of(user).on_invalid_header(*frame);
}

int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  return session_of(user).on_frame(*frame);
}

int data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
         std::size_t size, void* user) {
  return session_of(user).on_content(stream, {reinterpret_cast<const char*>(bytes), size});
}

int frame_sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  return session_of(user).on_frame_sent(*frame);
}

int stream_closed(nghttp2_session*, std::int32_t stream, std::uint32_t, void* user) {
  return session_of(user).on_stream_closed(stream);
}

int send_data(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* head, std::size_t size,
              nghttp2_data_source*, void* user) {
  return session_of(user).send_content(frame->hd.stream_id,
                                       {reinterpret_cast<const char*>(head), 9}, size);
}

// A frame of a type that is not known: it has been counted, and is dropped.
int drop_frame(nghttp2_session*, void**, const nghttp2_frame_hd*, void*) {
  return NGHTTP2_ERR_CANCEL;
}

}  // namespace

H2Library::H2Library() {
  GH_CHECK(nghttp2_session_callbacks_new(&callbacks_) == 0);
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks_, begin_frame);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks_, begin_headers);
  nghttp2_session_callbacks_set_on_header_callback2(callbacks_, header);
  nghttp2_session_callbacks_set_on_invalid_header_callback2(callbacks_, invalid_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks_, frame_received);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks_, data);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks_, frame_sent);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks_, stream_closed);
  nghttp2_session_callbacks_set_send_data_callback(callbacks_, send_data);
  nghttp2_session_callbacks_set_unpack_extension_callback(callbacks_, drop_frame);

  GH_CHECK(nghttp2_option_new(&option_) == 0);
  nghttp2_option_set_no_auto_window_update(option_, 1);
  nghttp2_option_set_no_closed_streams(option_, 1);
  nghttp2_option_set_stream_reset_rate_limit(option_, 100, 10);
  nghttp2_option_set_max_continuations(option_, 4);
  nghttp2_option_set_max_outbound_ack(option_, 64);
  nghttp2_option_set_max_settings(option_, 16);
  // nghttp2 tells of no frame whose type it does not know, unless one asks for the type.
  for (int type = NGHTTP2_CONTINUATION + 1; type <= 0xff; ++type) {
    nghttp2_option_set_user_recv_extension_type(option_, static_cast<std::uint8_t>(type));
  }
}

H2Library::~H2Library() {
  nghttp2_option_del(option_);
  nghttp2_session_callbacks_del(callbacks_);
}

nghttp2_session* H2Library::make_session(H2Session& session) const {
  nghttp2_session* made = nullptr;
  // It holds header fields, and so keys.
  nghttp2_mem memory{.mem_user_data = nullptr,
                     .malloc = [](std::size_t size, void*) { return wiping_memory::take(size); },
                     .free = [](void* block, void*) { wiping_memory::give_back(block); },
                     .calloc = [](std::size_t count, std::size_t size,
                                  void*) { return wiping_memory::take_zeroed(count, size); },
                     .realloc = [](void* block, std::size_t size,
                                   void*) { return wiping_memory::resize(block, size); }};
  GH_CHECK(nghttp2_session_server_new3(&made, callbacks_, &session, option_, &memory) == 0);
  return made;
}

}  // namespace gh::http
